// A visit dragged on the plan fills its own form, which the keyboard reaches too, and sends it: nothing is written that the form would not write.
"use strict";

for (const mark of document.querySelectorAll("rect[data-form]")) {
  const form = document.getElementById(mark.dataset.form);
  if (!form) continue;
  const half = Number(mark.dataset.half);
  const start = Number(mark.getAttribute("x"));
  let from = null;
  mark.classList.add("gantt-moves");
  const steps = (event) => {
    const picture = mark.ownerSVGElement;
    const scale = picture.viewBox.baseVal.width / picture.getBoundingClientRect().width;
    return Math.round((event.clientX - from) * scale / half);
  };
  const rest = () => {
    from = null;
    mark.classList.remove("gantt-held");
    mark.setAttribute("x", start);
  };
  mark.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    mark.setPointerCapture(event.pointerId);
    from = event.clientX;
    mark.classList.add("gantt-held");
  });
  mark.addEventListener("pointermove", (event) => {
    if (from !== null) mark.setAttribute("x", start + steps(event) * half);
  });
  mark.addEventListener("pointercancel", rest);
  mark.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const moved = steps(event);
    if (!moved) return rest();
    from = null;
    const slot = Number(form.elements.half.value) + moved;
    const [year, month, date] = form.elements.day.value.split("-").map(Number);
    const day = new Date(Date.UTC(year, month - 1, date + Math.floor(slot / 2)));
    form.elements.day.value = day.toISOString().slice(0, 10);
    form.elements.half.value = String(((slot % 2) + 2) % 2);
    form.closest("details").open = true;
    form.requestSubmit();
  });
}
