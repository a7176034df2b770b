// The verifier, beside the page, so that the page stays alive: runs the program, and does for it what it cannot do by itself.
//
// Every check is in observer.wasm, which is made from the same code as the command urna-verify. Here are randomness and requests to
// this origin, and nothing else. A request is waited for, as only a worker may.
"use strict";

/** How often a request is made. */
const ATTEMPTS = 3;
/** The most bytes of an answer that explains a refusal. */
const EXPLANATION = 65536;

/** `program` and `record` are addresses; what is said goes to the page as it comes. */
onmessage = async ({ data: { program, record, question } }) => {
  let exports;
  const bytes = (place, length) => new Uint8Array(exports.memory.buffer, place, length);
  const text = (place, length) => new TextDecoder().decode(bytes(place, length));
  const bring = (content) => bytes(exports.inbox(content.length), content.length).set(content);

  const random = (place, length) => void crypto.getRandomValues(bytes(place, length));
  const say = (place, length) => postMessage(JSON.parse(text(place, length)));
  const read = (place, length, limit) => {
    const request = ask(new URL(text(place, length), record));
    const most = request.status === 200 ? limit + 1 : EXPLANATION;
    bring(request.response ? new Uint8Array(request.response).subarray(0, most) : new Uint8Array());
    return request.status;
  };

  try {
    const imports = { urna: { random, read, say } };
    ({ exports } = (await WebAssembly.instantiateStreaming(fetch(program), imports)).instance);
    bring(new TextEncoder().encode(JSON.stringify(question)));
    exports.verify();
  } catch (error) {
    postMessage({ unreadable: String(error) });
  }
};

/** The request with its answer; its status is 0 if there is none. */
function ask(address) {
  for (let attempt = 1; ; attempt += 1) {
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.responseType = "arraybuffer";
    try {
      request.send();
    } catch {
      // There is no answer; the status is 0.
    }
    const again = request.status === 0 || request.status === 429 || request.status >= 500;
    if (!again || attempt === ATTEMPTS) return request;
  }
}
