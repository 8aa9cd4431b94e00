// Making pieces of page, without markup from words: what people wrote is text and nothing else.

import { say } from "./words.js";

const SPRITE = document.body.dataset.icons;
const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

export const button = (label, name, onclick, props = {}) => h("button", { type: "button", class: "big", onclick, ...props }, icon(name), h("span", {}, label));

export const link = (label, name, href, props = {}) => h("a", { class: "big", href, ...props }, icon(name), h("span", {}, label));

export const banner = (tone, name, ...words) => h("p", { class: `banner ${tone}` }, icon(name), h("span", {}, ...words));

export const toggle = (id, label, on, onclick) => h(
  "button", { type: "button", id, class: "toggle", "aria-pressed": String(on), onclick }, icon(on ? "circle-check" : "circle"), h("span", {}, label),
);

// Say something to the eye and to the ear of a screen reader; an `alert` stays until the next word.
export function announce(words, tone = "good") {
  const place = document.getElementById("said");
  place.className = `banner ${tone}`;
  place.setAttribute("role", tone === "bad" ? "alert" : "status");
  place.replaceChildren(icon(tone === "good" ? "circle-check" : "circle-alert"), h("span", {}, words));
  place.hidden = false;
}

export const hush = () => { document.getElementById("said").hidden = true; };

export const plural = (key, count) => say(count > 1 ? `${key}_many` : `${key}_one`, { count });
