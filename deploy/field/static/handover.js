// The hand-over record of a cart, made and signed on this phone: what is sealed is what was shown, word for word.

import { canonical, cartOf, nameOf } from "./act.js";
import { glassOf } from "./glass.js";
import { banner, button, h } from "./page.js";
import { say } from "./words.js";

const inFrench = (text) => new Intl.DateTimeFormat("fr", { dateStyle: "full", timeZone: "UTC" }).format(new Date(text));

// « 11 : écran fendu » is about a slot, any other line about the whole cart.
function reservations(cart, text) {
  return text.split("\n").map((line) => line.trim().replace(/\s+/g, " ")).filter(Boolean).map((line) => {
    const [, slot, words] = /^(\d{1,2}) ?: ?(.+)$/.exec(line) ?? [];
    return slot && Number(slot) >= 1 && Number(slot) <= cart.slots ? { slot: Number(slot), words } : { slot: 0, words: line };
  });
}

const stopOf = (work, cart) => work.stops.find((one) => one.carts.includes(cart));

function recordOf(work, person, cart, said) {
  const stop = stopOf(work, cart);
  const places = cart.tablets.map((one) => ({ slot: one.slot, serial: one.serial, asset_tag: one.tag || "", model: one.model || "" }));
  return {
    format: "cartable-handover/1", cart: cart.code, school: stop.name, uai: stop.uai, at: work.at, day: inFrench(work.day), prepared_by: person.name,
    places, accessories: cart.accessories, services: cart.services, mention: work.mention, ...said,
  };
}

function saidIn(cart, form) {
  const plain = (name) => form.elements[name].value.trim().replace(/\s+/g, " ");
  return { signer: plain("signer"), quality: plain("quality"), reservations: reservations(cart, form.elements.reserves.value) };
}

async function sign({ work, person, record, warn }, cart, form, glass) {
  const said = saidIn(cart, form);
  if (said.signer.length < 2) return warn(say("needs_signer"), "signer");
  if (said.quality.length < 2) return warn(say("needs_signer"), "quality");
  const image = glass.drawn();
  if (!image) return warn(say("needs_signature"), "signer");
  const payload = { content: canonical(recordOf(work, person, cart, said)), image };
  if (!(await record({ kind: "handover", subject: `mobile_class:${cart.id}`, payload }))) return undefined;
  glass.clean();
  location.hash = `#valise/${cart.id}`;
  return undefined;
}

const field = (name, label, props = {}) => [h("label", { for: name }, label), h("input", { id: name, name, autocomplete: "off", maxlength: 120, ...props })];

// The screen where whoever answers for the school reads, makes reservations and signs.
export function handover(state, id) {
  const { work, person } = state;
  const cart = work && cartOf(work, id);
  if (!cart) return null;
  const { name, uai } = stopOf(work, cart);
  const glass = glassOf(`${work.day} ${cart.id}`, say("glass"));
  const form = h(
    "form", { id: "pv", onsubmit: (event) => { event.preventDefault(); sign(state, cart, form, glass); } },
    field("signer", say("signer")), field("quality", say("quality"), { value: "directrice de l'école" }),
    h("label", { for: "reserves" }, say("reservations")), h("textarea", { id: "reserves", name: "reserves", rows: 3, maxlength: 2000, "aria-describedby": "reserves-aide" }),
    h("p", { class: "quiet", id: "reserves-aide" }, say("reservations_how")),
  );
  return {
    title: say("handover"), lead: `${cart.code} · ${name} (${uai}) · ${inFrench(work.day)} · ${person.name}`, back: `#valise/${cart.id}`,
    body: [
      cart.signed && banner("watch", "stamp", say("signed_already")),
      h("section", { class: "card" }, h("h2", {}, plural(cart)), h("ol", { class: "places" }, cart.tablets.map((one) => h("li", { value: one.slot }, h("strong", {}, one.serial), ` ${one.tag || ""} `, h("small", {}, one.model || "")))),
        h("p", {}, cart.accessories.map(([count, label]) => `${count} × ${label}`).join(", "))),
      h("section", { class: "card" }, h("h2", {}, say("services")), h("ul", { class: "queue", lang: "fr" }, cart.services.map(([label, stage]) => h("li", {}, label, " : ", h("strong", {}, stage))))),
      form, h("p", {}, say("read_then_sign")), glass.canvas, button(say("wipe"), "undo-2", glass.clean),
    ],
    actions: [h("button", { class: "big main", form: "pv" }, say("sign"))],
  };
}

const plural = (cart) => say(cart.tablets.length > 1 ? "handed_many" : "handed_one", { count: cart.tablets.length });
