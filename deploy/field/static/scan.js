// The camera reads QR, Code 128 and Data Matrix on this phone alone; a scanner by USB or Bluetooth types its code and ends with Enter.

import { HERE } from "./words.js";

const FORMATS = ["QRCode", "Code128", "DataMatrix"];
const PAUSE = 120;
const SAME_AGAIN = 2500;
let reader;

function library() {
  reader ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${HERE}vendor/zxing-reader.js`;
    script.onload = () => {
      const { ZXingWASM } = globalThis;
      ZXingWASM.prepareZXingModule({ overrides: { locateFile: (file) => `${HERE}vendor/${file}` } });
      resolve(ZXingWASM);
    };
    script.onerror = () => { reader = undefined; reject(new Error("zxing")); };
    document.head.append(script);
  });
  return reader;
}

// Read codes from the camera into `video` until the function returned is called.
export async function watch(video, heard) {
  const [zxing, stream] = await Promise.all([library(), navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } })]);
  video.srcObject = stream;
  await video.play();
  const canvas = new OffscreenCanvas(1, 1);
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  const seen = new Map();
  let timer;
  const look = async () => {
    if (video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      paper.drawImage(video, 0, 0);
      const found = await zxing.readBarcodes(paper.getImageData(0, 0, canvas.width, canvas.height), { formats: FORMATS, tryHarder: true });
      for (const { text, isValid } of found) {
        const moment = performance.now();
        if (isValid && moment - (seen.get(text) ?? -SAME_AGAIN) >= SAME_AGAIN) heard(text);
        if (isValid) seen.set(text, moment);
      }
    }
    if (timer !== null) timer = setTimeout(look, PAUSE);
  };
  timer = setTimeout(look, 0);
  return () => {
    clearTimeout(timer);
    timer = null;
    for (const track of stream.getTracks()) track.stop();
  };
}

// Hear a scanner that types, wherever the focus is but in a field.
export function listen(heard) {
  let typed = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > 100) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter" && typed.length >= 4) {
      event.preventDefault();
      heard(typed);
      typed = "";
    } else if (event.key.length === 1) typed += event.key;
  });
}
