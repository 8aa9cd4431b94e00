// The sentences of the app, as its page brings them, and where its files are.

const told = JSON.parse(document.getElementById("phrases").textContent);

export const RELEASE = told.release;
export const HERE = told.here;

// A sentence by its key, `{name}` replaced by the part of that name.
export function say(key, parts = {}) {
  return told.sentences[key].replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

export const day = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(text));
