// The screens: each makes a title, a body and the actions under the thumb from the day's work as it is on this phone.

import { cartOf, nameOf, tabletOf, tabletsOf } from "./act.js";
import { handover } from "./handover.js";
import { banner, button, h, icon, link, plural, toggle } from "./page.js";
import { RELEASE, day, say } from "./words.js";

const DONE = (value) => value === "done" || value === "waived";

const itemsOf = (work, cart) => work.checklists[cart.baseline] ?? [];

const left = (work, cart, tablet) => itemsOf(work, cart).filter(({ key }) => !DONE(tablet.checks[key])).length;

function home({ work, ready, told, locked, missing, pending, close }) {
  const body = [];
  if (!work) {
    body.push(h("p", { class: "lead" }, say(locked ?? "nothing")));
    body.push(locked ? link(say("sign_in"), "log-in", "/connexion?next=/tournee/") : link(say("prepare"), "download", "#choix"));
    if (pending.length) body.push(link(say("see_unsent"), "file-up", "#envoi"));
    return { title: say("title"), body, actions: [] };
  }
  body.push(ready ? banner("good", "circle-check", plural("ready", tabletsOf(work))) : banner("watch", "loader", say("not_ready")));
  if (missing.length) body.push(banner("bad", "circle-alert", say("lost", { numbers: missing.join(", ") })));
  for (const one of told) body.push(banner("watch", "circle-help", say(`told_${one.state}`, { subject: subjectName(work, one.subject) }), " ", one.sentences.join(" ")));
  body.push(h("ul", { class: "stops" }, work.stops.map((stop) => stopCard(work, stop))));
  return { title: say("title_of", { day: day(work.day) }), body, actions: ["scan", button(say("close"), "file-check", close)] };
}

function subjectName(work, subject) {
  const [kind, id] = subject.split(":");
  if (kind === "tablet") return nameOf(tabletOf(work, Number(id))?.tablet ?? { serial: subject });
  if (kind === "mobile_class") return cartOf(work, Number(id))?.code ?? subject;
  return work.stops.find((stop) => stop.id === Number(id))?.name ?? subject;
}

function stopCard(work, stop) {
  return h(
    "li", { class: "card" }, h("h2", {}, stop.name), h("p", { class: "quiet" }, stop.address),
    stop.closed && banner("watch", "calendar-x", say("closed", { why: stop.closed })),
    stop.visit && banner("watch", "calendar-x", `${work.reasons[stop.visit.reason]}. `, stop.visit.next && say("proposed", { day: day(stop.visit.next) })),
    stop.carts.map((cart) => {
      const done = cart.tablets.filter((tablet) => !left(work, cart, tablet)).length;
      return link(`${cart.code} · ${say("done_of", { done, all: cart.tablets.length })}`, "briefcase", `#valise/${cart.id}`);
    }),
    h("a", { class: "small", href: `#visite/${stop.id}` }, say("failed_visit")),
  );
}

function choice({ choice: schools, online, take }) {
  if (!schools) return { title: say("choose"), body: [h("p", { class: "lead" }, say(online ? "asking" : "needs_network"))], actions: [], back: "#" };
  const form = h(
    "form", { id: "choix", onsubmit: (event) => { event.preventDefault(); take(new FormData(form).getAll("ecole")); } },
    h("fieldset", { class: "list" }, h("legend", {}, say("which")), schools.map((one) => h(
      "label", { class: "check" }, h("input", { type: "checkbox", name: "ecole", value: one.uai, checked: one.due }),
      h("span", {}, h("strong", {}, one.name), h("br"), h("small", {}, `${one.carts.join(", ")} · ${plural("tablets", one.tablets)}`)),
    ))),
  );
  return { title: say("choose"), body: [form], actions: [h("button", { class: "big main", form: "choix" }, icon("download"), h("span", {}, say("take")))], back: "#" };
}

function slotTile(work, cart, slot) {
  const tablet = cart.tablets.find((one) => one.slot === slot);
  if (!tablet) return h("li", { class: "slot empty" }, h("strong", {}, slot), h("small", {}, say("empty")));
  const rest = left(work, cart, tablet);
  const stage = work.stages[tablet.stage];
  const bad = stage.tone === "bad";
  const seen = (work.seen ?? []).includes(tablet.id);
  return h(
    "li", { class: "slot" },
    h("a", { href: `#tablette/${tablet.id}`, id: `t${tablet.id}`, class: bad ? "bad" : rest ? "" : "full" },
      h("strong", {}, h("span", { class: "hidden" }, say("slot"), " "), slot, seen && icon("eye"), seen && h("span", { class: "hidden" }, say("seen_today"))),
      h("small", {}, nameOf(tablet).replace(`${cart.code}-`, "")),
      h("small", { class: "state" }, icon(bad ? "wrench" : rest ? "circle-dashed" : "circle-check"), bad ? stage.label : rest ? `${itemsOf(work, cart).length - rest}/${itemsOf(work, cart).length}` : say("complete"))),
  );
}

function cartScreen({ work, record, warn }, id) {
  const cart = work && cartOf(work, id);
  if (!cart) return null;
  const steps = Object.entries(work.steps).map(([key, label]) => toggle(`s-${key}`, label, DONE(cart.steps[key]), () => record({
    kind: "step", subject: `mobile_class:${cart.id}`, payload: { step: key, value: DONE(cart.steps[key]) ? "undone" : "done" },
  })));
  return {
    title: cart.code, lead: cart.name, back: "#",
    body: [
      cart.signed && banner("good", "stamp", say("signed")),
      h("ol", { class: "grid" }, Array.from({ length: cart.slots }, (_, index) => slotTile(work, cart, index + 1))),
      h("details", {}, h("summary", {}, say("cart_steps")), h("div", { class: "toggles" }, steps)), noteForm(`mobile_class:${cart.id}`, record, warn),
    ],
    actions: ["scan", link(say("all_but"), "check-check", `#sauf/${cart.id}`), link(say("handover"), "stamp", `#pv/${cart.id}`)],
  };
}

function noteForm(subject, record, warn, extra = []) {
  const words = h("textarea", { id: "note", rows: 2, maxlength: 1000 });
  return h(
    "section", { class: "card" }, h("label", { for: "note" }, say("note")), words, extra,
    button(say("keep_note"), "file-text", () => (words.value.trim() ? record({ kind: "note", subject, payload: { note: words.value.trim() } }) : warn(say("needs_words"), "note"))),
  );
}

function bulk({ work, record, warn }, id) {
  const cart = work && cartOf(work, id);
  if (!cart) return null;
  const items = itemsOf(work, cart).filter(({ key }) => cart.tablets.some((tablet) => !DONE(tablet.checks[key])));
  const form = h(
    "form", { id: "sauf", onsubmit: (event) => { event.preventDefault(); allBut(work, cart, new FormData(form), record, warn); } },
    h("fieldset", { class: "list" }, h("legend", {}, say("which_items")), items.map(({ key, label }) => h(
      "label", { class: "check" }, h("input", { type: "checkbox", name: "item", value: key }), h("span", {}, label)))),
    h("fieldset", {}, h("legend", {}, say("but")), h("div", { class: "grid" }, cart.tablets.map((tablet) => h(
      "label", { class: "slot pick" }, h("input", { type: "checkbox", name: "but", value: tablet.id }), h("strong", {}, tablet.slot), h("small", {}, nameOf(tablet).replace(`${cart.code}-`, "")))))),
  );
  return {
    title: say("all_but"), lead: cart.code, back: `#valise/${cart.id}`, body: items.length ? [form] : [h("p", { class: "lead" }, say("all_done"))],
    actions: items.length ? [h("button", { class: "big main", form: "sauf" }, icon("check-check"), h("span", {}, say("tick_them")))] : [],
  };
}

async function allBut(work, cart, form, record, warn) {
  const [items, but] = [form.getAll("item"), form.getAll("but").map(Number)];
  const drafts = cart.tablets.filter((tablet) => !but.includes(tablet.id)).map((tablet) => ({
    kind: "tick", subject: `tablet:${tablet.id}`, payload: { items: items.filter((item) => !DONE(tablet.checks[item])), value: "done" },
  })).filter((draft) => draft.payload.items.length);
  if (!drafts.length) return warn(say("needs_items"), "titre");
  if (await record(...drafts)) location.hash = `#valise/${cart.id}`;
}

function tabletScreen({ work, record, warn, photo }, id) {
  const found = work && tabletOf(work, id);
  if (!found) return null;
  const { cart, tablet } = found;
  const stage = work.stages[tablet.stage];
  const subject = `tablet:${tablet.id}`;
  const reason = () => document.getElementById("note").value.trim();
  const needs = (draft) => (reason() ? record(draft(reason())) : warn(say("needs_reason"), "note"));
  const ticks = itemsOf(work, cart).map(({ key, label }) => toggle(`c-${key}`, label, DONE(tablet.checks[key]), () => record({
    kind: "tick", subject, payload: { items: [key], value: DONE(tablet.checks[key]) ? "undone" : "done" },
  })));
  const moves = stage.moves.map((move) => button(work.stages[move].label, work.stages[move].reason ? "circle-alert" : "circle-check", () => {
    const draft = (note) => ({ kind: "stage", subject, payload: { stage: move, note } });
    return work.stages[move].reason ? needs(draft) : record(draft(reason()));
  }, { "data-stage": move }));
  const order = cart.tablets.map((one) => one.id);
  const near = (step) => order[order.indexOf(tablet.id) + step];
  return {
    title: nameOf(tablet), lead: `${say("slot")} ${tablet.slot} · ${tablet.serial} · ${stage.label}`, back: `#valise/${cart.id}`,
    body: [
      h("div", { class: "toggles" }, ticks),
      noteForm(subject, record, warn, [photoField(photo, subject)]),
      h("details", { class: "card" }, h("summary", {}, say("stage")), h("div", { class: "moves" }, moves)),
      swapForm(work, cart, tablet, needs),
    ],
    actions: [
      near(-1) && link(say("before"), "undo-2", `#tablette/${near(-1)}`), "scan", near(1) && link(say("after"), "tablet", `#tablette/${near(1)}`),
    ],
  };
}

const photoField = (photo, subject) => h(
  "label", { class: "big", for: "photo" }, icon("eye"), h("span", {}, say("photo")),
  h("input", { id: "photo", class: "hidden", type: "file", accept: "image/*", capture: "environment", onchange: (event) => photo(subject, event.target.files[0]) }),
);

function swapForm(work, cart, tablet, needs) {
  const spares = work.spares.filter((one) => one.id !== tablet.id);
  if (!spares.length) return null;
  const chosen = h("select", { id: "spare" }, spares.map((one) => h("option", { value: one.id }, nameOf(one))));
  return h(
    "details", { class: "card" }, h("summary", {}, say("swap")), h("p", { class: "quiet" }, say("swap_how")), h("label", { for: "spare" }, say("spare")), chosen,
    button(say("do_swap"), "replace", () => needs((note) => ({
      kind: "swap", subject: `tablet:${tablet.id}`, payload: { spare: Number(chosen.value), cart: cart.id, slot: tablet.slot, stage: "broken", note },
    }))),
  );
}

function visit({ work, record, warn }, id) {
  const stop = work?.stops.find((one) => one.id === id);
  if (!stop) return null;
  const form = h(
    "form", { id: "visite", onsubmit: async (event) => {
      event.preventDefault();
      const told = new FormData(form);
      if (!told.get("reason")) return warn(say("needs_reason_visit"), "visite");
      const payload = { reason: told.get("reason"), note: told.get("note").trim(), next: told.get("next") ?? "" };
      if (await record({ kind: "visit", subject: `school:${stop.id}`, payload })) location.hash = "#";
    } },
    h("fieldset", { class: "list" }, h("legend", {}, say("why")), Object.entries(work.reasons).map(([key, label]) => h(
      "label", { class: "check" }, h("input", { type: "radio", name: "reason", value: key }), h("span", {}, label)))),
    stop.next && h("label", { class: "check" }, h("input", { type: "checkbox", name: "next", value: stop.next, checked: true }), h("span", {}, say("propose", { day: day(stop.next) }))),
    h("label", { for: "note" }, say("note")), h("textarea", { id: "note", name: "note", rows: 2, maxlength: 1000 }),
  );
  return { title: say("failed_visit"), lead: stop.name, back: "#", body: [form], actions: [h("button", { class: "big main", form: "visite" }, icon("calendar-x"), h("span", {}, say("keep_visit")))] };
}

function queue({ work, pending, person, persisted, exportAll, sendNow, signOut }) {
  const names = work ? (subject) => subjectName(work, subject) : (subject) => subject;
  return {
    title: pending.length ? plural("unsent", pending.length) : say("all_sent"), back: "#",
    body: [
      h("p", { class: "lead" }, say(pending.length ? "unsent_why" : "all_sent_why")),
      h("ul", { class: "queue" }, pending.map((act) => h("li", {}, h("strong", {}, names(act.subject)), ` ${say(`kind_${act.kind}`)} `, h("small", {}, act.at.slice(11, 16))))),
      h("p", { class: "quiet" }, say(persisted ? "persisted" : "not_persisted")),
      pending.length > 0 && button(say("export"), "save", exportAll),
      person && button(say("sign_out"), "log-out", signOut),
      h("p", { class: "quiet" }, say("release", { release: RELEASE })),
    ],
    actions: [button(say("send_now"), "refresh-cw", sendNow, { class: "big main" })],
  };
}

const SCREENS = { "": home, choix: choice, valise: cartScreen, sauf: bulk, pv: handover, tablette: tabletScreen, visite: visit, envoi: queue };

// The screen of an address, or the first one when the address leads nowhere on this phone.
export function screen(state, hash) {
  const [name, id] = hash.replace(/^#/, "").split("/");
  return SCREENS[name]?.(state, Number(id)) ?? home(state);
}

export function cartHere(work, hash) {
  const [name, id] = hash.replace(/^#/, "").split("/");
  if (!work) return null;
  if (["valise", "sauf", "pv"].includes(name)) return cartOf(work, Number(id));
  return name === "tablette" ? tabletOf(work, Number(id))?.cart : null;
}

export const stopsOf = (work) => work.stops.map((stop) => stop.uai);
