// A signature drawn with a finger; the glass of a cart stays the same while its screen is drawn again.

const WIDTH = 900;
const HEIGHT = 300;
const FEWEST = 4;
let kept;
let hand = false;

function wipe(glass) {
  const { pen, canvas } = glass;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  Object.assign(pen, { strokeStyle: "#10182b", lineWidth: 5, lineCap: "round", lineJoin: "round" });
  glass.strokes = 0;
}

function made(key, label) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: WIDTH, height: HEIGHT, className: "glass" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const glass = { key, canvas, pen: canvas.getContext("2d"), strokes: 0 };
  const at = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) * WIDTH) / box.width, ((clientY - box.top) * HEIGHT) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    hand = true;
    glass.pen.beginPath();
    glass.pen.moveTo(...at(event));
  });
  for (const lifted of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(lifted, () => { hand = false; });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    glass.pen.lineTo(...at(event));
    glass.pen.stroke();
    glass.strokes += 1;
  });
  wipe(glass);
  return glass;
}

// Whether somebody is drawing right now.
export const drawing = () => hand;

// The glass of `key`: its canvas, how to clean it, and the PNG drawn on it in base 64 (empty while nothing is).
export function glassOf(key, label) {
  if (kept?.key !== key) kept = made(key, label);
  const glass = kept;
  return {
    canvas: glass.canvas, clean: () => wipe(glass),
    drawn: () => (glass.strokes < FEWEST ? "" : glass.canvas.toDataURL("image/png").split(",")[1]),
  };
}
