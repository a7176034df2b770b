// The voter's program in a browser: loads it, and does for it what it cannot do by itself. spec/booth.md is the page.
//
// Everything cryptographic, every rule and every decision is in booth.wasm, which is made from the same code as the terminal's
// voter. Here are randomness, requests, waiting and storage, and nothing else. What is handed to the program and what it hands out
// is never logged; the voter's saved form goes to this origin's own storage, and nowhere else.

/** Why an operation was not done: `document` says it (spec/cli.md, "a failure"), `place` is where the state is kept, if it is. */
export class Failed extends Error {
  constructor({ document, place }) {
    super(document.error);
    this.name = "Failed";
    this.document = document;
    this.place = place;
  }
}

/** The program. `await Booth.load("booth.wasm")`, then any number of `perform`, one after the other. */
export class Booth {
  #module;
  #outside;

  constructor(module, outside) {
    this.#module = module;
    this.#outside = outside;
  }

  /** Fetches and compiles the program, which is at this address. `outside` is what a browser gives, or a test. */
  static async load(address, outside = browser()) {
    const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(`the voter's program cannot be loaded (status ${answer.status})`);
    return new Booth(await WebAssembly.compile(await answer.arrayBuffer()), outside);
  }

  /**
   * Does `start`, such as `{ what: "cast", link, choices }`, and answers with its `document` and `place`.
   * `notice` hears what it is doing; `signal` ends it, which is safe at any time: the same again goes on.
   */
  async perform(start, { notice = () => {}, signal } = {}) {
    const program = await Program.start(this.#module, this.#outside);
    const underWay = new Map();
    const keeper = this.#outside.keeper();
    try {
      return await new Promise((resolve, reject) => {
        let isOver = false;
        const end = (settle, value) => {
          isOver = true;
          settle(value);
        };
        const stopped = () => end(reject, signal.reason);
        signal?.throwIfAborted();
        signal?.addEventListener("abort", stopped, { once: true });

        const turn = (head, body) => {
          if (isOver) return;
          try {
            const said = program.turn({ now: Math.floor(this.#outside.now() / 1000), ...head }, body);
            if (said.refused) throw new Error(`the voter's program: ${said.refused}`);
            said.notices.forEach(notice);
            for (const id of said.withdrawn) {
              underWay.get(id)?.abort();
              underWay.delete(id);
            }
            if (said.ended?.done) return end(resolve, said.ended.done);
            if (said.ended?.failed) return end(reject, new Failed(said.ended.failed));
            for (const { id, want } of said.wants) {
              const stop = new AbortController();
              underWay.set(id, stop);
              this.#meet(want, keeper, stop).then(
                ({ is, body }) => {
                  if (underWay.delete(id)) turn({ answer: { id, is } }, body);
                },
                (error) => end(reject, error),
              );
            }
          } catch (error) {
            end(reject, error);
          }
        };
        turn({ start });
      });
    } finally {
      underWay.forEach((stop) => stop.abort());
      keeper.close();
    }
  }

  #meet({ fetch, wait, load, store }, keeper, stop) {
    if (fetch) return request(this.#outside.fetch, fetch, stop);
    if (wait) return this.#outside.wait(wait.milliseconds, stop.signal).then(() => ({ is: "waited" }));
    return load ? keeper.load(load) : keeper.store(store);
  }
}

/** One instance of the program, and its memory: for one operation, so that no secret stays behind in it. */
class Program {
  #exports;

  static async start(module, outside) {
    const program = new Program();
    const random = (place, length) => outside.random(new Uint8Array(program.#exports.memory.buffer, place, length));
    const { exports } = await WebAssembly.instantiate(module, { urna: { random } });
    program.#exports = exports;
    return program;
  }

  /** Gives it a message, a head in JSON with its length before it and a body, and answers with what it says. */
  turn(head, body = new Uint8Array()) {
    const { inbox, turn, outbox, memory } = this.#exports;
    const text = new TextEncoder().encode(JSON.stringify(head));
    const place = inbox(4 + text.length + body.length) >>> 0;
    new DataView(memory.buffer).setUint32(place, text.length, true);
    new Uint8Array(memory.buffer).set(text, place + 4);
    new Uint8Array(memory.buffer).set(body, place + 4 + text.length);
    const said = turn() >>> 0;
    const json = new TextDecoder().decode(new Uint8Array(memory.buffer, said, outbox()));
    inbox(0);
    return JSON.parse(json);
  }
}

/** Sends a request that tells nothing of who asks, and takes so many bytes of the answer in so much time. */
export async function request(fetch, { method, url, headers, body, limit, milliseconds }, stop) {
  const late = setTimeout(() => stop.abort(new Error("there was no answer in time")), milliseconds);
  try {
    const answer = await fetch(url, {
      method,
      headers,
      body: body ?? undefined,
      cache: "no-store",
      credentials: "omit",
      mode: "cors",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    const bytes = await read(answer, limit);
    const answered = { complete: bytes !== null, headers: [...answer.headers], status: answer.status };
    return { is: { answered }, body: bytes ?? undefined };
  } catch (error) {
    return { is: { unreachable: { reason: String(error?.message ?? error) } } };
  } finally {
    clearTimeout(late);
  }
}

/** The body of an answer; null if it is longer than `limit`. */
async function read(answer, limit) {
  const parts = [];
  let length = 0;
  for (let reader = answer.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  parts.reduce((place, part) => (bytes.set(part, place), place + part.length), 0);
  return bytes;
}

/** What a browser gives. */
export function browser() {
  return {
    now: () => Date.now(),
    fetch: (url, options) => fetch(url, options),
    keeper: () => new Keeper(),
    // The most that one call gives.
    random: (bytes) => {
      for (let place = 0; place < bytes.length; place += 65536) crypto.getRandomValues(bytes.subarray(place, place + 65536));
    },
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      }),
  };
}

/**
 * Keeps saved forms and manifests in this origin's IndexedDB, by place.
 *
 * What is stored is compared and replaced in one transaction, which two windows cannot be in at once, and is acknowledged when it
 * is on the disk. Where there are Web Locks, a window has the place to itself from the first look to the end of an operation, so
 * that a second one is told at once.
 */
export class Keeper {
  #database;
  #release;

  async load({ place, record }) {
    return this.#try(async () => {
      if (record === "form" && !(await this.#lock(place))) return { is: "other_window" };
      const kept = await this.#in(record, "readonly", (store) => store.get(place));
      return { is: { loaded: { version: kept?.version ?? 0 } }, body: new TextEncoder().encode(kept?.text ?? "") };
    });
  }

  async store({ place, record, text, version }) {
    return this.#try(async () => {
      let stored = null;
      await this.#in(record, "readwrite", (store) => {
        const looked = store.get(place);
        looked.onsuccess = () => {
          const found = looked.result?.version ?? 0;
          if (version !== null && version !== found) return;
          stored = found + 1;
          store.put({ version: stored, text }, place);
        };
        return looked;
      });
      return { is: stored === null ? "other_window" : { stored: { version: stored } } };
    });
  }

  /** What a page has noted of the places at which something is kept, for showing it: nothing rests on it. */
  async summaries() {
    return this.#in("summary", "readonly", (store) => store.getAll());
  }

  /** Notes what a page shows of a place, which is named in it. */
  async summarise(summary) {
    await this.#in("summary", "readwrite", (store) => store.put(summary, summary.place));
  }

  /** The manifest that is kept at a place. */
  async manifest(place) {
    return JSON.parse((await this.#in("manifest", "readonly", (store) => store.get(place)))?.text ?? "null");
  }

  /** Forgets what is kept at a place. Its version goes on, so that a window that still has it cannot bring it back. */
  async forget(place) {
    const { version } = (await this.#in("form", "readonly", (store) => store.get(place))) ?? { version: 0 };
    const { is } = await this.store({ place, record: "form", text: "", version });
    if (!is.stored) throw new Error("another window is at it, or this browser does not do it");
    for (const record of ["manifest", "summary"]) await this.#in(record, "readwrite", (store) => store.delete(place));
  }

  close() {
    this.#release?.();
    this.#database?.then((database) => database.close(), () => {});
  }

  #lock(place) {
    if (!navigator.locks || this.#release) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const hold = (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => (this.#release = release));
      };
      navigator.locks.request(`urna ${place}`, { ifAvailable: true }, hold).catch(reject);
    });
  }

  #open() {
    this.#database ??= new Promise((resolve, reject) => {
      const opening = indexedDB.open("urna", 1);
      opening.onupgradeneeded = () => ["form", "manifest", "summary"].forEach((record) => opening.result.createObjectStore(record));
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    return this.#database;
  }

  /** One transaction: what its request answers, once the whole is over and durable. */
  async #in(record, mode, act) {
    const transaction = (await this.#open()).transaction(record, mode, { durability: "strict" });
    return new Promise((resolve, reject) => {
      const asked = act(transaction.objectStore(record));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  async #try(act) {
    try {
      return await act();
    } catch (error) {
      return { is: { failed: { reason: String(error?.message ?? error) } } };
    }
  }
}
