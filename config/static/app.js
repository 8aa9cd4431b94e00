// Small helps over pages that work without them.
"use strict";

for (const menu of document.querySelectorAll("[data-menu]")) {
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
}

for (const grid of document.querySelectorAll(".slots")) {
  const boxes = [...grid.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < 2) continue;
  const all = document.createElement("button");
  all.type = "button";
  all.className = "button button-quiet";
  const word = () => { all.textContent = boxes.every((box) => box.checked) ? "Tout décocher" : "Tout cocher"; };
  all.addEventListener("click", () => {
    const value = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = value;
    word();
  });
  grid.addEventListener("change", word);
  word();
  grid.before(all);
}

for (const range of document.querySelectorAll("[data-slider]")) {
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeZone: "UTC" });
  const french = document.documentElement.lang === "fr";
  range.addEventListener("input", () => {
    const day = new Date(range.dataset.slider);
    day.setUTCDate(day.getUTCDate() + range.valueAsNumber);
    const said = words.format(day);
    range.form.querySelector("output").textContent = french ? said.replace(/ 1 /, " 1er ") : said;
    range.setAttribute("aria-valuetext", range.form.querySelector("output").textContent);
  });
}
