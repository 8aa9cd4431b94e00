// Small helps over pages that work without them.
"use strict";

for (const menu of document.querySelectorAll("[data-menu]")) {
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; menu.dataset.fit = "yes"; };
  wide.addEventListener("change", fit);
  fit();
}

for (const form of document.querySelectorAll("form[method=post]")) {
  const said = form.querySelector("[data-slow]");
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (said) { said.textContent = said.dataset.slow; form.setAttribute("aria-busy", "true"); return; }
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; form.removeAttribute("aria-busy"); if (said) said.textContent = ""; });
}

for (const all of document.querySelectorAll("[data-tick-all]")) {
  const grid = document.getElementById(all.dataset.tickAll);
  const boxes = [...grid.querySelectorAll("input[type=checkbox]")];
  const word = () => { all.textContent = boxes.every((box) => box.checked) ? all.dataset.none : all.dataset.all; };
  all.addEventListener("click", () => {
    const value = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = value;
    word();
  });
  grid.addEventListener("change", word);
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
