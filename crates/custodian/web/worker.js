// The trustee's program, beside the page, so that the page stays alive: runs it, and does for it what it cannot do by itself.
//
// Everything cryptographic, every rule and every decision is in custodian.wasm, which is made from the same code as urna trustee.
// Here are randomness, requests and storage, and nothing else. What is handed to the program and what it hands out is never logged;
// the key file goes to this origin's own storage and to the page that saves it, and nowhere else.

import { browser, Keeper, request } from "./booth.js";

/** How often a file of the record is asked for. */
const ATTEMPTS = 3;
/** The most bytes of an answer that explains a refusal. */
const EXPLANATION = 65536;

let exports;
let came;
/** Has the key's place to itself, from the first look on and as long as the key is open. */
let keeper = null;

const bytes = (place, length) => new Uint8Array(exports.memory.buffer, place, length);
const bring = (content) => bytes(exports.inbox(content.length), content.length).set(content);

function say(place, length) {
  const said = JSON.parse(new TextDecoder().decode(bytes(place, length)));
  if (said.progress) postMessage(said);
  else came = said;
}

/** A file of the record while it is verified. It is waited for, as only a worker may. */
function read(place, length, limit) {
  const address = new TextDecoder().decode(bytes(place, length));
  for (let attempt = 1; ; attempt += 1) {
    const asked = new XMLHttpRequest();
    asked.open("GET", address, false);
    asked.responseType = "arraybuffer";
    try {
      asked.send();
    } catch {
      // There is no answer; the status is 0.
    }
    const again = asked.status === 0 || asked.status === 429 || asked.status >= 500;
    if (again && attempt < ATTEMPTS) continue;
    const most = asked.status === 200 ? limit + 1 : EXPLANATION;
    bring(asked.response ? new Uint8Array(asked.response).subarray(0, most) : new Uint8Array());
    return asked.status;
  }
}

const random = (place, length) => browser().random(bytes(place, length));
const loaded = WebAssembly.instantiateStreaming(fetch(new URL("custodian.wasm", import.meta.url)), { urna: { random, read, say } });
loaded.catch(() => {});

/** Gives the program a message, a head in JSON with its length before it and a body, and answers with what it says. */
function turn(head, body = new Uint8Array()) {
  const text = new TextEncoder().encode(JSON.stringify({ now: Math.floor(Date.now() / 1000), ...head }));
  const message = new Uint8Array(4 + text.length + body.length);
  new DataView(message.buffer).setUint32(0, text.length, true);
  message.set(text, 4);
  message.set(body, 4 + text.length);
  bring(message);
  exports.turn();
  message.fill(0);
  if (came.refused) throw new Error(came.refused);
  return came;
}

async function meet({ fetch: wanted, load, store }) {
  keeper ??= new Keeper();
  if (load) return keeper.load(load);
  if (store) return keeper.store(store);
  const body = wanted.body && Uint8Array.from(atob(wanted.body), (character) => character.charCodeAt(0));
  return request((url, options) => fetch(url, options), { ...wanted, body }, new AbortController());
}

/**
 * One operation after the other: its `start`, with a file where it takes one; `done` or `failed` goes to the page. After `close` the
 * key can be opened elsewhere, and this worker is of no use any more.
 */
onmessage = async ({ data: { start, body } }) => {
  let ended;
  try {
    ({ exports } = (await loaded).instance);
    ended = start.what === "close" ? { done: { open: false } } : turn({ start }, body);
    while (ended.want) {
      const { is, body } = await meet(ended.want);
      ended = turn({ answer: is }, body);
    }
  } catch (error) {
    ended = { failed: { reason: "program", error: String(error), open: false } };
  }
  if (!(ended.done ?? ended.failed).open) {
    keeper?.close();
    keeper = null;
  }
  postMessage(ended);
};
