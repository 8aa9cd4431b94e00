// What a code names: a serial number (with the S of Apple's bar codes), an asset tag, a cart. It names; it never authenticates.

import { cartOf, carts, nameOf, tabletOf } from "./act.js";

const NOISE = /[\s\-\u2010-\u2015_./\\]+/gu;
const APPLE = /^[0-9A-HJ-NP-Z]{3}[C-HJ-NP-TV-Z][1-9C-HJ-NP-RTV-Y][0-9A-HJ-NP-Z]{7}$/;

export function normalise(text) {
  const plain = text.normalize("NFKC").replace(NOISE, "").toUpperCase();
  return plain.startsWith("S") && APPLE.test(plain.slice(1)) ? plain.slice(1) : plain;
}

// Fifteen digits with the check digit of Luhn: the identity of a radio, which is read and not kept.
export function isImei(text) {
  if (!/^\d{15}$/.test(text)) return false;
  const sum = [...text].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const spareOf = (spare) => spare && { kind: "spare", spare, name: nameOf(spare) };

// What a label of ours is stuck on: a tablet of the day or a spare one, the tablet of a slot, a cart.
function label(work, named) {
  const [kind, place] = (named ?? "").split(":");
  if (!kind) return undefined;
  const [id, slot] = place.split("/").map(Number);
  const found = kind === "tablet" && tabletOf(work, id);
  if (found) return { kind, ...found };
  if (kind === "tablet") return spareOf(work.spares.find((one) => one.id === id));
  const cart = cartOf(work, id);
  const tablet = kind === "slot" && cart?.tablets.find((one) => one.slot === slot);
  return tablet ? { kind: "tablet", cart, tablet } : cart && { kind: "cart", cart };
}

// `{kind: "cart" | "tablet" | "spare" | "imei" | "unknown"}` with the thing named; a label's address is read by its last part.
export function understand(work, text) {
  const written = text.trim();
  const last = /^https?:/i.test(written) ? decodeURIComponent(written.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop()) : written;
  const code = normalise(last);
  const labelled = label(work, work.codes[code.replace(/[IL]/g, "1").replace(/O/g, "0")]);
  if (labelled) return labelled;
  for (const cart of carts(work)) {
    if (normalise(cart.code) === code) return { kind: "cart", cart };
    const tablet = cart.tablets.find((one) => one.serial === code || (one.tag && normalise(one.tag) === code));
    if (tablet) return { kind: "tablet", cart, tablet };
  }
  return spareOf(work.spares.find((one) => one.serial === code || (one.tag && normalise(one.tag) === code))) ?? { kind: isImei(code) ? "imei" : "unknown", code };
}
