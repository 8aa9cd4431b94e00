// What the hand feels and the ear hears while the eye is on the shelf: four signals that cannot be taken for one another.

const SIGNALS = {
  ok: { tones: [[880, 0.12]], buzz: [60] },
  again: { tones: [[660, 0.09], [660, 0.09]], buzz: [40, 60, 40] },
  wrong: { tones: [[330, 0.16], [220, 0.3]], buzz: [220, 80, 220] },
  unknown: { tones: [[160, 0.55]], buzz: [600] },
};
let ear;

export function signal(name) {
  const { tones, buzz } = SIGNALS[name];
  navigator.vibrate?.(buzz);
  try {
    ear ??= new AudioContext();
    let from = ear.currentTime;
    for (const [pitch, seconds] of tones) {
      const tone = new OscillatorNode(ear, { frequency: pitch, type: name === "unknown" ? "sawtooth" : "sine" });
      const loudness = new GainNode(ear, { gain: 0.25 });
      tone.connect(loudness).connect(ear.destination);
      tone.start(from);
      tone.stop(from + seconds);
      from += seconds + 0.06;
    }
  } catch { /* a phone without sound still vibrates and shows */ }
}
