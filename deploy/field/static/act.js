// What an act is, sealed as the server seals it, and what it changes of the day's work on this phone.

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// SHA-256 of the canonical JSON of an act, in hexadecimal: the server must answer the same before the act is forgotten.
export async function digest(act) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(act)));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const carts = (work) => work.stops.flatMap((stop) => stop.carts);

export const cartOf = (work, id) => carts(work).find((cart) => cart.id === id);

export function tabletOf(work, id) {
  for (const cart of carts(work)) {
    const tablet = cart.tablets.find((one) => one.id === id);
    if (tablet) return { cart, tablet };
  }
  return null;
}

export const nameOf = (tablet) => tablet.tag || tablet.serial;

export const tabletsOf = (work) => carts(work).reduce((sum, cart) => sum + cart.tablets.length, 0);

const GESTURES = {
  tick(work, id, { items, value }) {
    const found = tabletOf(work, id);
    for (const item of found ? items : []) found.tablet.checks[item] = value === "undone" ? "" : value;
  },
  stage(work, id, { stage }) {
    const found = tabletOf(work, id);
    if (found) found.tablet.stage = stage;
  },
  step(work, id, { step, value }) {
    const cart = cartOf(work, id);
    if (cart) cart.steps[step] = value === "undone" ? "" : value;
  },
  seen(work, id) {
    work.seen = [...new Set([...(work.seen ?? []), id])];
  },
  handover(work, id) {
    const cart = cartOf(work, id);
    if (!cart) return;
    cart.signed = true;
    for (const tablet of cart.tablets) if (tablet.stage === "configured") tablet.stage = "delivered";
  },
  visit(work, id, { reason, next }) {
    const stop = work.stops.find((one) => one.id === id);
    if (stop) stop.visit = { reason, next };
  },
  swap(work, id, { spare, cart, slot, stage }) {
    const old = tabletOf(work, id);
    const here = tabletOf(work, spare);
    const listed = work.spares.find((one) => one.id === spare);
    if (!old || !listed) return;
    const into = cartOf(work, cart);
    const instead = here?.tablet ?? { ...listed, checks: {} };
    if (here) here.cart.tablets = here.cart.tablets.filter((one) => one.id !== spare);
    old.cart.tablets = old.cart.tablets.filter((one) => one.id !== id);
    if (here) here.cart.tablets.push({ ...old.tablet, stage, slot: listed.slot });
    into.tablets.push({ ...instead, slot, stage: old.tablet.stage });
    for (const one of new Set([into, here?.cart ?? into])) one.tablets.sort((a, b) => a.slot - b.slot);
    work.spares = work.spares.filter((one) => one.id !== spare);
  },
};

// Lay an act over the day's work, as the server will.
export function apply(work, act) {
  GESTURES[act.kind]?.(work, Number(act.subject.split(":")[1]), act.payload);
}
