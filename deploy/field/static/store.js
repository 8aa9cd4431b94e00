// What the phone keeps: the work of the day, and every act until the server has answered it. One database, strict writes.

const NAME = "cartable-tournee";
let opened;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("acts", { keyPath: ["by", "sequence"] });
      request.result.createObjectStore("state");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// Run `work` in one transaction; what it returns is given once everything is on the disk, and not before.
async function within(mode, work) {
  const database = await open();
  const transaction = database.transaction(["acts", "state"], mode, { durability: "strict" });
  const over = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("abort"));
  });
  let result;
  try {
    result = await work({ acts: transaction.objectStore("acts"), state: transaction.objectStore("state") });
  } catch (fault) {
    over.catch(() => {});
    try { transaction.abort(); } catch { /* it is over already */ }
    throw fault;
  }
  await over;
  return result;
}

export const read = (key) => within("readonly", ({ state }) => asked(state.get(key)));

export const write = (values) => within("readwrite", ({ state }) => {
  for (const [key, value] of Object.entries(values)) state.put(value, key);
});

export const erase = (...keys) => within("readwrite", ({ state }) => { for (const key of keys) state.delete(key); });

export const unsent = () => within("readonly", ({ acts }) => asked(acts.getAll()));

// Keep acts and what they make of the day's work, all or none: each gets its phone and its place in the order of its person.
export const add = (by, drafts, apply) => within("readwrite", async ({ acts, state }) => {
  const phone = (await asked(state.get(`phone:${by}`))) ?? { device: crypto.randomUUID(), next: 1 };
  const work = await asked(state.get("work"));
  for (const draft of drafts) {
    const act = {
      id: crypto.randomUUID(), by, device: phone.device, sequence: phone.next, base: work?.base ?? 0,
      at: new Date().toISOString(), payload: {}, ...draft,
    };
    phone.next += 1;
    acts.put(act);
    if (work) apply(work, act);
  }
  state.put(phone, `phone:${by}`);
  if (work) state.put(work, "work");
  return work;
});

// Forget the acts that the server has answered, and keep what it said of those it could not carry out as they came.
export const forget = (answered, told) => within("readwrite", async ({ acts, state }) => {
  for (const act of answered) acts.delete([act.by, act.sequence]);
  if (told.length) state.put([...((await asked(state.get("told"))) ?? []), ...told], "told");
});

// The new work of a day with the acts still unsent laid over it; what was seen today stays seen.
export const renew = (fresh, apply) => within("readwrite", async ({ acts, state }) => {
  const before = await asked(state.get("work"));
  if (before?.day === fresh.day) fresh.seen = before.seen;
  for (const act of await asked(acts.getAll())) apply(fresh, act);
  state.put(fresh, "work");
  return fresh;
});
