// « Ma tournée »: what the phone holds, what it shows, when it speaks with the server.

import { apply, nameOf } from "./act.js";
import { understand } from "./codes.js";
import { drawing } from "./glass.js";
import { announce, button, h, hush, icon, plural } from "./page.js";
import { listen, watch } from "./scan.js";
import { cartHere, screen, stopsOf } from "./screens.js";
import { Locked, Offline, contact, send, signOut } from "./send.js";
import { signal } from "./signal.js";
import * as store from "./store.js";
import { say } from "./words.js";

const IDLE = 12 * 3600 * 1000;
const MINUTE = 60_000;
const SOON = 1000;
const ALMOST_FULL = 0.85;
const PHOTO_SIDE = 1280;
const main = document.querySelector("main");
const state = {
  work: undefined, person: undefined, pending: [], told: [], missing: [], choice: undefined, ready: false, online: navigator.onLine,
  locked: undefined, persisted: false, record, warn, take, photo, exportAll, sendNow, signOut: leave, close,
};
let stopWatching;
let used = 0;
let renewed = 0;

// What was typed, ticked or unfolded on a screen that is drawn again.
function typed() {
  const fields = [...main.querySelectorAll("input:not([type=file]), textarea, select")].map((one) => [one.id, one.name, one.value, one.checked]);
  const open = [...main.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
  return () => {
    for (const [id, name, value, checked] of fields) {
      const ticked = checked || value ? [...main.querySelectorAll("input, textarea, select")] : [];
      const field = ticked.find((one) => (id ? one.id === id : one.name === name && one.value === value));
      if (field?.matches("[type=checkbox], [type=radio]")) field.checked = checked;
      else if (field) field.value = value;
    }
    for (const summary of main.querySelectorAll("summary")) summary.parentElement.open = open.includes(summary.textContent);
  };
}

function render({ moved = false } = {}) {
  const { title, lead, body, actions, back } = screen(state, location.hash);
  const focused = document.activeElement?.id;
  const again = moved ? () => {} : typed();
  document.title = `${title} · Cartable`;
  const heading = h("h1", { tabindex: -1, id: "titre" }, title);
  main.replaceChildren(...[back && h("a", { class: "back", href: back }, icon("undo-2"), say("back")), heading, lead && h("p", { class: "lead" }, lead), ...body].filter(Boolean));
  const scan = () => button(say("scan"), "scan-line", openScanner, { class: "big main", id: "scanner-ouvrir" });
  again();
  document.getElementById("actes").replaceChildren(...actions.filter(Boolean).map((one) => (one === "scan" ? scan() : one)));
  renderCount();
  if (moved) { heading.focus({ preventScroll: true }); scrollTo(0, 0); } else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function renderCount() {
  const count = state.pending.length;
  const place = document.getElementById("compte");
  place.className = count ? "watch" : "good";
  place.replaceChildren(icon(state.online ? "wifi" : "wifi-off"), h("span", {}, count ? plural("unsent", count) : say("all_sent")), h("span", { class: "hidden" }, say(state.online ? "online" : "offline")));
}

async function reload() {
  state.pending = await store.unsent();
  state.work = await store.read("work");
  state.told = (await store.read("told")) ?? [];
  state.missing = (await store.read("missing")) ?? [];
  state.person = await store.read("person");
}

// Keep what was done: said saved only once it is on the disk.
async function record(...drafts) {
  const note = document.getElementById("note");
  try {
    state.work = await store.add(state.person.id, drafts, apply);
  } catch (fault) {
    signal("unknown");
    announce(say(fault?.name === "QuotaExceededError" ? "full" : "not_saved"), "bad");
    return false;
  }
  state.pending = await store.unsent();
  announce(plural("saved", drafts.length));
  if (note && drafts.some(({ payload }) => payload.note)) note.value = "";
  render();
  push();
  return true;
}

function warn(words, field) {
  signal("unknown");
  announce(words, "bad");
  document.getElementById(field)?.focus();
}

let pushing;
let more = false;
async function exchanges() {
  while (more) {
    more = false;
    await exchange();
  }
}

// Speak with the server now, and once more if something was done meanwhile.
function push() {
  more = true;
  pushing ??= exchanges().finally(() => { pushing = undefined; });
  return pushing;
}

// A browser tells of a network that carries nothing (a captive portal, a box that starts) as of a good one, and no event says that
// it works at last: what waits is tried again soon, then less and less often, until each minute's own attempt takes over.
let patience = SOON;
let attempt;
function tryAgain() {
  clearTimeout(attempt);
  if (!navigator.onLine || !state.pending.length || patience > MINUTE) return;
  attempt = setTimeout(pushUnseen, patience);
  patience *= 2;
}

// What nobody asked for: not once the phone is locked, which whoever left it alone finds as it was.
async function pushUnseen() {
  if (!(await lockIfIdle()) && !state.locked && state.pending.length) push();
}

// Send what waits, then bring the day's work up to date. Without network nothing happens, nothing is lost, and no screen is drawn anew under a hand that writes.
async function exchange() {
  const waiting = state.pending.length;
  let spoken = waiting > 0;
  try {
    if (waiting) await send();
    const schools = (await store.read("schools")) ?? [];
    if (schools.length && !["idle", "signed_out"].includes(state.locked) && (!state.work || Date.now() - renewed > MINUTE)) {
      await contact(schools);
      renewed = Date.now();
      spoken = true;
    }
    if (spoken && state.locked === "session_over") state.locked = undefined;
    state.online = true;
    patience = SOON;
  } catch (fault) {
    if (fault instanceof Locked) { if (!state.locked) await lock("session_over"); }
    else if (fault instanceof Offline) {
      state.online = false;
      state.pending = await store.unsent();
      tryAgain();
      if (state.pending.length === waiting) return renderCount();
    } else announce(say("fault", { fault: fault.message }), "bad");
  }
  await reload();
  renderWhenLifted();
}

// A stroke under way is not cut: its screen is drawn anew once the hand is lifted.
function renderWhenLifted() {
  if (!drawing()) return render();
  addEventListener("pointerup", () => setTimeout(render), { once: true });
  return renderCount();
}

// Nothing of the day stays on the phone; what was not sent does, under its person's number.
async function lock(why) {
  clearTimeout(attempt);
  await store.erase("work", "told");
  if (!(await store.unsent()).length) await store.erase("person");
  state.locked = why;
  state.online = true;
  closeScanner();
}

async function leave() {
  if (state.pending.length && !confirm(plural("leave", state.pending.length))) return;
  try {
    await signOut();
    await lock("signed_out");
    await store.erase("schools");
    await reload();
    location.hash = "#";
    render();
  } catch {
    announce(say("needs_network"), "bad");
  }
}

async function choose() {
  try {
    state.choice = (await contact()).choice;
    state.online = true;
    state.locked = undefined;
  } catch (fault) {
    if (fault instanceof Locked) { await lock("session_over"); location.hash = "#"; } else state.online = false;
  }
  await reload();
  render();
}

async function take(schools) {
  if (!schools.length) return warn(say("choose_one"), "choix");
  try {
    state.persisted = (await navigator.storage?.persist?.()) ?? false;
    await store.write({ schools });
    await contact(schools);
    renewed = Date.now();
    await reload();
    await touch(true);
    announce(say("taken"));
    location.hash = "#";
  } catch (fault) {
    announce(say(fault instanceof Offline ? "needs_network" : "fault", { fault: fault.message }), "bad");
  }
  render();
}

async function sendNow() {
  await push();
  if (!state.online) announce(say("needs_network"), "bad");
}

async function close() {
  await push();
  if (state.pending.length || !state.online) return warn(say(state.online ? "close_unsent" : "close_offline", { count: state.pending.length }), "titre");
  if (!(await record({ kind: "close", subject: "round:0", payload: { day: state.work.day } }))) return undefined;
  await push();
  if (state.pending.length) return warn(say("close_offline"), "titre");
  await store.erase("work", "told", "schools");
  await reload();
  announce(say("closed_round"));
  return render();
}

function exportAll() {
  for (const device of new Set(state.pending.map((act) => act.device))) {
    const acts = state.pending.filter((act) => act.device === device);
    const told = { format: "cartable-acts/1", device, oldest: acts[0].sequence, acts };
    const address = URL.createObjectURL(new Blob([JSON.stringify(told)], { type: "application/json" }));
    h("a", { href: address, download: `saisies-${device.slice(0, 8)}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), MINUTE);
  }
  announce(plural("exported", state.pending.length));
}

async function photo(subject, file) {
  if (!file) return;
  const image = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.7 })).arrayBuffer());
  let text = "";
  for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  await record({ kind: "photo", subject, payload: { image: btoa(text), note: document.getElementById("note")?.value.trim() ?? "" } });
  await watchStorage();
}

async function heard(text) {
  if (!state.work) return;
  await touch();
  const found = understand(state.work, text);
  const here = cartHere(state.work, location.hash);
  if (found.kind === "cart") {
    signal("ok");
    announce(say("cart_open", { cart: found.cart.code }));
    location.hash = `#valise/${found.cart.id}`;
  } else if (found.kind === "tablet" && here && here.id !== found.cart.id) {
    signal("wrong");
    announce(say("wrong_cart", { tablet: nameOf(found.tablet), cart: found.cart.code }), "bad");
  } else if (found.kind === "tablet") await sighted(found);
  else {
    signal(found.kind === "unknown" ? "unknown" : "wrong");
    announce(say(`code_${found.kind}`, { code: found.code ?? found.name }), "bad");
  }
}

async function sighted({ cart, tablet }) {
  const parts = { tablet: nameOf(tablet), slot: tablet.slot };
  const again = (state.work.seen ?? []).includes(tablet.id);
  const kept = again || (await record({ kind: "seen", subject: `tablet:${tablet.id}`, payload: { cart: cart.id, slot: tablet.slot } }));
  if (!kept) return;
  signal(again ? "again" : "ok");
  announce(say(again ? "again" : "seen", parts), again ? "watch" : "good");
  document.getElementById("said").append(h("a", { href: `#tablette/${tablet.id}` }, say("open")));
}

async function openScanner() {
  const panel = document.getElementById("scanner");
  panel.hidden = false;
  document.getElementById("code").focus();
  try {
    stopWatching ??= await watch(panel.querySelector("video"), heard);
  } catch {
    panel.querySelector("video").hidden = true;
    announce(say("no_camera"), "watch");
  }
}

function closeScanner() {
  document.getElementById("scanner").hidden = true;
  stopWatching?.();
  stopWatching = undefined;
}

// A phone left alone for twelve hours keeps nothing of the day: whoever finds it then is shown nothing.
async function touch(now = false) {
  if (!now && Date.now() - used < MINUTE) return;
  if (!now && (await lockIfIdle())) return;
  used = Date.now();
  await store.write({ used });
}

async function lockIfIdle() {
  const last = await store.read("used");
  if (!state.work || !last || Math.abs(Date.now() - last) < IDLE) return false;
  await lock("idle");
  await reload();
  render();
  return true;
}

async function watchStorage() {
  state.persisted = (await navigator.storage?.persisted?.()) ?? false;
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota && usage / quota > ALMOST_FULL) announce(say("almost_full"), "bad");
}

async function keepApp() {
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (controlled) location.reload(); });
  const registration = await navigator.serviceWorker.register("/tournee/sw.js", { scope: "/tournee/" });
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    document.getElementById("version").replaceChildren(button(say("new_version"), "refresh-cw", () => registration.waiting.postMessage("take-over")));
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  await navigator.serviceWorker.ready;
  state.ready = Boolean(await caches.match("/tournee/"));
  render();
}

async function start() {
  await reload();
  used = (await store.read("used")) ?? 0;
  const idle = await lockIfIdle();
  render();
  keepApp().catch(() => announce(say("no_worker"), "bad"));
  addEventListener("hashchange", () => { hush(); render({ moved: true }); if (location.hash === "#choix") choose(); });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("titre")?.focus(); });
  addEventListener("online", () => { patience = SOON; push(); });
  addEventListener("offline", () => { state.online = false; renderCount(); });
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => touch());
  document.addEventListener("visibilitychange", async () => { if (!document.hidden && !(await lockIfIdle())) push(); });
  setInterval(pushUnseen, MINUTE);
  document.getElementById("scanner-fermer").addEventListener("click", closeScanner);
  document.getElementById("saisir").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("code");
    if (field.value.trim()) heard(field.value);
    field.value = "";
  });
  listen(heard);
  await watchStorage();
  if (idle) return;
  await touch();
  if (location.hash === "#choix") await choose();
  else await push();
}

start();
