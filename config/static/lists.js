// Lists found as one types; without this script the same form is sent by its button.
"use strict";

for (const form of document.querySelectorAll("form[data-list]")) {
  const rows = document.querySelector("[data-rows]");
  const count = document.querySelector("[data-count]");
  const kept = document.querySelector("[data-asked]");
  let turn = 0;
  let timer;
  const address = () => {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) asked.append(name, value);
    return `${location.pathname}?${asked}`;
  };
  const keep = (url) => {
    kept.replaceChildren(...[...new URL(url, location).searchParams].filter(([name]) => name !== "as_of").map(([name, value]) => {
      const input = document.createElement("input");
      input.type = "hidden";
      [input.name, input.value] = [name, value];
      return input;
    }));
  };
  const find = async () => {
    const mine = ++turn;
    const url = address();
    rows.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "X-Cartable-Fragment": "1" } });
      if (mine !== turn) return;
      if (!answer.ok || answer.redirected) { location.assign(url); return; }
      const text = await answer.text();
      if (mine !== turn) return;
      rows.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      count.textContent = rows.querySelector("[data-said]").dataset.said;
      history.replaceState(null, "", url);
      keep(url);
    } catch {
      form.requestSubmit();
    } finally {
      if (mine === turn) rows.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.name === "col" && !form.querySelector("input[name=col]:checked")) event.target.checked = true; // a list without a column says nothing
    clearTimeout(timer);
    timer = setTimeout(find, event.target.matches("input[type=search], input[type=text]") ? 180 : 0);
  });
}
