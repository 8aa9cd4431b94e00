// A signature drawn on the glass: pointer events on a canvas, sent as PNG in a hidden field. Without script, the sheet is printed and signed.
"use strict";

for (const pad of document.querySelectorAll("[data-signature]")) {
  const canvas = pad.querySelector("canvas");
  const field = pad.querySelector("input[name=drawing]");
  const pen = canvas.getContext("2d");
  let strokes = 0;
  pad.hidden = false;
  const clean = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#10182b";
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    strokes = 0;
    field.value = "";
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    strokes += 1;
  });
  canvas.addEventListener("pointerup", () => { if (strokes > 3) field.value = canvas.toDataURL("image/png"); });
  pad.querySelector("[data-again]").addEventListener("click", clean);
  clean();
}
