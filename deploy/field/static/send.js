// Speaking with the server: what it has answered is forgotten, the rest is sent again; a session that is over locks the day's work.

import { apply, digest } from "./act.js";
import * as store from "./store.js";

const KEPT = ["applied", "same", "conflict", "refused"];
const IN_TRAY = ["conflict", "refused"];
const MOST = 50;
const HEAVY = 2_000_000;

export class Offline extends Error {}
export class Locked extends Error {}

let csrf = "";

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { redirect: "manual", credentials: "same-origin", cache: "no-store", ...options });
  } catch (fault) {
    throw new Offline(String(fault));
  }
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) throw new Locked();
  if (answer.status >= 500) throw new Offline(String(answer.status));
  return answer;
}

// Who is signed in, what may be chosen, and the work of some schools. Another person finds nothing of the one before but unsent acts.
export async function contact(schools = []) {
  const query = new URLSearchParams(schools.map((uai) => ["ecole", uai]));
  const answer = await ask(`/tournee/travail?${query}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const { person, csrf: proof, choice, work } = await answer.json();
  csrf = proof;
  const before = await store.read("person");
  await store.write({ person });
  if (before && before.id !== person.id) {
    await store.erase("work", "told", "schools");
    if (schools.length) return contact();
  }
  return { person, choice, work: work && (await store.renew(work, apply)) };
}

async function post(body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return ask("/tournee/actes", { method: "POST", headers, body: JSON.stringify(body) });
}

function few(acts) {
  const taken = [];
  let weight = 0;
  for (const act of acts) {
    weight += JSON.stringify(act).length;
    if (taken.length && (taken.length >= MOST || weight > HEAVY)) break;
    taken.push(act);
  }
  return taken;
}

// One request; returns how many acts it settled.
async function round(acts) {
  const batch = few(acts);
  const answer = await post({ format: "cartable-acts/1", device: batch[0].device, oldest: batch[0].sequence, acts: batch });
  if (answer.status === 422 && !answer.headers.get("Content-Type").includes("json")) throw new Error("422");
  const { answers, missing } = await answer.json();
  const byId = new Map(batch.map((act) => [act.id, act]));
  const settled = [];
  for (const one of answers) {
    const act = byId.get(one.id);
    if (act && KEPT.includes(one.state) && one.digest === (await digest(act))) settled.push({ act, ...one });
  }
  const told = settled.filter((one) => IN_TRAY.includes(one.state));
  await store.forget(settled.map((one) => one.act), told.map(({ act, state, sentences }) => ({ subject: act.subject, kind: act.kind, state, sentences })));
  await store.write({ missing });
  return settled.length;
}

// Send all that the person signed in has done, in order; returns how many acts were settled.
async function drain() {
  const person = await store.read("person");
  let total = 0;
  for (;;) {
    const acts = (await store.unsent()).filter((act) => act.by === person?.id);
    if (!acts.length) return total;
    const settled = await round(acts);
    if (!settled) throw new Error("stuck");
    total += settled;
  }
}

// One page of this phone sends at a time.
export function send() {
  return navigator.locks.request("cartable-tournee-envoi", async () => {
    if (!csrf) await contact();
    try {
      return await drain();
    } catch (fault) {
      if (!(fault instanceof Locked)) throw fault;
      await contact();
      return drain();
    }
  });
}

export async function signOut() {
  if (!csrf) await contact();
  await ask("/deconnexion", { method: "POST", headers: { "X-CSRF-Token": csrf } }).catch((fault) => {
    if (!(fault instanceof Locked)) throw fault;
  });
  csrf = "";
}
