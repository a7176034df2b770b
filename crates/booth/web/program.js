// What the voting page knows and remembers, and how it has the voter's program (booth.js) do something.

import { Booth, Keeper } from "./booth.js";
import { $, $$ } from "./page.js";

export const slug = decodeURIComponent(location.pathname.split("/").pop());
export const keeper = new Keeper();

/** The program, loaded once; after a failure, again. */
let loading = null;
function program() {
  loading ??= Booth.load(new URL("booth.wasm", import.meta.url)).catch((error) => {
    loading = null;
    throw Object.assign(error, { document: { reason: "program", error: error.message } });
  });
  return loading;
}
program().catch(() => {});

/** What this tab remembers until it is closed. */
export const tab = {
  get: (name) => JSON.parse(sessionStorage.getItem(`urna ${slug} ${name}`)),
  set: (name, value) => sessionStorage.setItem(`urna ${slug} ${name}`, JSON.stringify(value)),
  drop: (name) => sessionStorage.removeItem(`urna ${slug} ${name}`),
};

/** What is known: link or place, manifest and election id, what is saved, what `show` said. */
export const known = {};
export const forget = () => Object.assign(known, { link: null, place: null, manifest: null, election: null, saved: null, shown: null });
forget();

let last = Promise.resolve();

/** Has the program do something, after what it is doing. */
export function perform(what, more = {}) {
  const who = known.link ? { link: known.link } : { place: known.place };
  const run = async () => {
    try {
      const done = await (await program()).perform({ what, ...who, ...more }, { notice: tell });
      remember(done.place);
      return done.document;
    } finally {
      $("#status").textContent = "";
    }
  };
  last = last.then(run, run);
  return last;
}

/** Where what this device keeps of the vote is. */
export function remember(place) {
  known.place = place;
  tab.set("place", place);
}

/** Says what is being done. */
function tell({ is, service }) {
  const stages = { anchoring: "checking", asking: "token", token: "token", sending: "casting" };
  if (stages[is]) {
    const stage = $(`[data-stage=${stages[is]}]`);
    $$("[data-stage]").forEach((other) => other.removeAttribute("aria-current"));
    stage.setAttribute("aria-current", "step");
    for (let before = stage.previousElementSibling; before; before = before.previousElementSibling) before.dataset.over = "";
  }
  const text = $(`template[data-saying="${is === "waiting" ? `waiting-${service}` : is}"]`);
  if (text) $("#status").textContent = text.content.textContent;
}
