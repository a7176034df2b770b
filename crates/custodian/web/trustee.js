// The page on which a trustee does its part. The program (worker.js) decides what comes next; here it is shown, and asked for again
// every few seconds as long as the key is open. What needs a decision waits for a person.

import { Keeper } from "./booth.js";
import { $, $$, copyOf, fill, inLanguage, language, moment, put, said, saying, showIf, speaks } from "./page.js";

/** How often the services are asked while the key is open, and while there is no plan, in milliseconds. */
const PAUSE = 3000;
/** The same after something that a person did. */
const SOON = 300;
/** How long another window may still be leaving, in milliseconds. */
const LEAVING = 5000;
/** In this order: what a person has done last is what is said. */
const DONE = ["opened", "counted", "rehearsed", "agreed", "confirmed", "round2", "round1", "enrolled"];
/** Which of the steps in the page's list a part belongs to. */
const WAY = [
  ["no-plan", "who", "enrol", "elsewhere", "locked"],
  ["ceremony", "restart", "prepared"],
  ["agree", "agreed"],
  ["rehearse", "voting"],
  ["verify", "verified", "opening"],
  ["opened", "over", "cancelled"],
];

const slug = decodeURIComponent(location.pathname.split("/").pop());
const trustee = new URL(location).searchParams.get("trustee");

// ---- The program

let worker = null;
let answer = null;

function start() {
  worker?.terminate();
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => (data.progress ? progress(data.progress) : answer?.(data));
  worker.onerror = (event) => answer?.({ failed: { reason: "program", error: event.message ?? "", open: false } });
}

/** Has the program do something: what there is to see then, or why not. */
async function perform(what, more = {}, body) {
  const { done, failed } = await new Promise((resolve) => {
    answer = resolve;
    worker.postMessage({ start: { what, authority: location.origin, slug, trustee, ...more }, body });
  });
  $("#running").hidden = true;
  if (failed?.reason === "program") start();
  if (failed) throw Object.assign(new Error(failed.error), { failed });
  return done;
}

function progress({ stage, per_cent: perCent }) {
  $("#running").hidden = false;
  $("#bar").value = perCent;
  put($("#stage"), saying(`stage-${stage}`));
}

// ---- What is shown

let view = null;
let isSaved = false;

/** Shows one part of the page, and tells screen readers where they are. */
function step(name) {
  const isNew = document.body.dataset.at !== name;
  for (const part of $$("[data-step]")) part.hidden = part.dataset.step !== name;
  document.body.dataset.at = name;
  const now = WAY.findIndex((parts) => parts.includes(name));
  $$("ol.progress li").forEach((item, place) => {
    item.toggleAttribute("data-over", place < now);
    if (place === now) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
  if (!isNew) return;
  const title = $(`#step-${name}`);
  document.title = [title.textContent, $("h1").textContent].join(" · ");
  for (const field of $$("input[type=password], input[type=file]")) field.value = "";
  title.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function show(seen) {
  view = seen;
  if (view.step !== document.body.dataset.at) isSaved = false;
  if (view.manifest) describe(view.manifest);
  people();
  problems();
  const { people: all, restart, verified, waiting, ceremony_hash: hash, election } = view;
  const own = all.find((person) => person.own);
  fill("name", own?.name);
  fill("slug", slug);
  fill("threshold", view.threshold);
  fill("count", all.length);
  digits("hash", hash);
  digits("election", election);
  for (const place of ["attempt", "own"]) fill(place, restart?.[place]);
  fill("names", (restart?.again ?? waiting?.agreed ?? []).join(", "));
  fill("ballots", verified && new Intl.NumberFormat(language).format(verified.ballots));
  fill("agreed", waiting?.agreed.length);
  fill("needed", waiting?.needed);
  fill("others", waiting?.otherwise.join(", "));
  const small = (verified?.small ?? []).map((one) => Object.assign(document.createElement("li"), { textContent: said("small", one) }));
  $("#small").replaceChildren(...small);
  const awaited = view.open ? all.filter((person) => !person[next()]) : [];
  fill("awaited", awaited.map(({ name }) => name).join(", "));
  const holds = {
    you: own,
    before: !view.open,
    open: view.open,
    people: true,
    trial: view.manifest?.trial,
    hash: hash && ["ceremony", "prepared", "agree"].includes(view.step),
    file: view.holds_share && !["over", "cancelled"].includes(view.step),
    saved: isSaved && view.holds_share,
    awaited: ["ceremony", "agreed", "voting"].includes(view.step) && awaited.length > 0,
    "may-repeat": repeat,
    rehearsals: !all.every(({ rehearsed }) => rehearsed),
    again: restart?.again.length > 0,
    ahead: restart && restart.attempt > restart.own,
    behind: restart && restart.attempt <= restart.own,
    waiting,
    otherwise: waiting?.otherwise.length > 0,
    scheduled: view.manifest && view.manifest.schedule !== "manual",
    manual: view.manifest?.schedule === "manual",
  };
  showIf(new Set(Object.keys(holds).filter((name) => holds[name])));
  if (view.step === "who") who();
  step(view.step);
}

/** What all have to have done before the next thing. */
function next() {
  const found = ["enrolled", "round1", "round2", "confirmed", "agreed", "rehearsed"].find((what) => view.people.some((person) => !person[what]));
  return found ?? "enrolled";
}

function who() {
  const names = view.people.map(({ id, name }) => {
    const item = copyOf("one-name").firstElementChild;
    const address = new URL(location);
    address.searchParams.set("trustee", id);
    Object.assign($("a", item), { href: address, textContent: name });
    return item;
  });
  $("#names").replaceChildren(...names);
}

function people() {
  const rows = view.people.map((person) => {
    const row = document.createElement("tr");
    const name = Object.assign(document.createElement("th"), { scope: "row", textContent: person.name });
    if (person.own) name.append(` (${saying("is-you")})`);
    const state = document.createElement("td");
    state.textContent = saying(`is-${DONE.find((what) => person[what]) ?? "nothing"}`);
    row.append(name, state);
    return row;
  });
  // A list that is as it was is not said again.
  if ($("#states").textContent !== rows.map(({ textContent }) => textContent).join("")) $("#states").replaceChildren(...rows);
}

function problems() {
  const list = view.problems.map(({ is, from, error }) => {
    const part = Object.assign(document.createElement("div"), { className: "warning", role: "alert" });
    const named = { refused: "problem-refused", failed: "problem-failed" };
    const text = document.createElement("p");
    text.textContent = from && named[is] ? said(named[is], { from }) : saying(is === "failed" || is === "refused" ? "problem-nobody" : `problem-${is}`);
    const detail = Object.assign(document.createElement("p"), { className: "note", lang: "en", textContent: error ?? "" });
    part.append(text, detail);
    return part;
  });
  const text = (parts) => parts.map(({ textContent }) => textContent).join("");
  if (text([...$("#problems").children]) !== text(list)) $("#problems").replaceChildren(...list);
}

/** What the manifest says, for a person who has two minutes. */
function describe(manifest) {
  const { organiser, schedule, time_zone: zone, contests, keys, board } = manifest;
  speaks(manifest);
  fill("title", manifest.title);
  fill("organiser", organiser.name);
  fill("contact", organiser.contact);
  fill("issuers", keys.issuers.map(({ name }) => name).join(", "));
  const { opens, closes, opening_not_before: opening } = schedule.times ?? {};
  for (const [place, second] of Object.entries({ opens, closes, time: opening })) fill(place, second ? moment(second, zone) : "");
  const list = contests.flatMap((contest) => {
    const title = document.createElement("dt");
    put(title, contest.title);
    const options = document.createElement("dd");
    options.textContent = contest.options.map((option) => inLanguage(option.title).text).join(", ");
    return [title, options];
  });
  $("#contests").replaceChildren(...list);
  $$("[data-href=board]").forEach((link) => (link.href = `${board.url.replace(/\/$/, "")}/${slug}/?lang=${language}`));
}

/** Digits in groups that can be compared by eye and ear. */
function digits(place, text) {
  const groups = (text?.match(/.{8}/g) ?? []).map((group) => Object.assign(document.createElement("span"), { textContent: group }));
  $$(`[data-fill=${place}]`).forEach((element) => element.replaceChildren(...groups.map((group) => group.cloneNode(true))));
}

// ---- What goes wrong

let repeat = null;
/** Whether it went wrong by itself, so that it also passes by itself. */
let isPassing = false;

function fail({ failed = { reason: "other" }, message }, again, isQuiet = false) {
  const { reason, not_before: time, check } = failed;
  const text = $(`template[data-reason="${CSS.escape(reason)}"]`) ?? $("template[data-reason=other]");
  const copy = text.content.cloneNode(true);
  if (time) fill("time", moment(time, view?.manifest?.time_zone ?? "UTC"), copy);
  const detail = "detailed" in text.dataset ? (failed.error ?? message) : (check ?? "");
  // What is said already is not said again.
  const isSaid = !$("#wrong").hidden && $("[data-fill=reason]").textContent === copy.textContent;
  if (!isSaid) fill("reason", copy.textContent);
  if (!isSaid) fill("detail", detail);
  isPassing = isQuiet;
  repeat = ["unreachable", "other-window", "storage", "record", "program", "not-closed", "too-early"].includes(reason) ? again : null;
  $("[data-if=may-repeat]").hidden = repeat === null;
  $("#wrong").hidden = false;
  if (!isQuiet) $("#wrong").scrollIntoView({ block: "nearest" });
}

// ---- Doing

let last = Promise.resolve();
let waiting = 0;
let timer = null;

/** Does something for a person, one thing after the other: says so, and what went wrong. */
function begin(name, act) {
  waiting += 1;
  clearTimeout(timer);
  document.body.setAttribute("aria-busy", "true");
  for (const button of $$("button[type=submit], [data-do]")) button.disabled = true;
  const run = async () => {
    $("#wrong").hidden = true;
    repeat = null;
    put($("#status"), saying(`says-${name}`));
    try {
      await act();
    } catch (error) {
      await closed(error);
      fail(error, () => begin(name, act));
    }
    waiting -= 1;
    if (waiting > 0) return;
    $("#status").textContent = "";
    document.body.removeAttribute("aria-busy");
    for (const button of $$("button[type=submit], [data-do]")) button.disabled = false;
    later(SOON);
  };
  last = last.then(run, run);
}

/** Where the key is not open any more, the page goes back to where it is opened. */
async function closed({ failed }) {
  if (!failed || failed.open || !view?.open) return;
  try {
    show(await perform("look"));
  } catch {
    view = { ...view, open: false };
  }
}

/** Goes on by itself, if nobody does anything meanwhile. */
function later(pause = PAUSE) {
  clearTimeout(timer);
  if (!view?.open && document.body.dataset.at !== "no-plan") return;
  timer = setTimeout(() => {
    last = last.then(goOn, goOn);
  }, pause);
}

async function goOn() {
  if (waiting > 0) return;
  try {
    if (view?.open) show(await perform("go_on"));
    else await look();
    $("#status").textContent = "";
    if (isPassing) $("#wrong").hidden = true;
  } catch (error) {
    const { reason, open } = error.failed ?? {};
    if (reason === "unreachable" && open) put($("#status"), saying("says-retry"));
    else if (reason === "other-attempt") show(await perform("look").catch(() => view));
    else {
      await closed(error);
      fail(error, () => begin("look", look), true);
    }
  }
  later();
}

async function look() {
  try {
    const seen = await firstLook();
    // With the plan the election has a board, which this page may ask from its next load on.
    if (document.body.dataset.at === "no-plan") location.reload();
    else show(seen);
  } catch (error) {
    if (error.failed?.reason !== "wrong-phase") throw error;
    step("no-plan");
  }
}

/** Looks. What this page was before it was loaded anew may hold the key for a moment, as a window does that is being closed. */
async function firstLook() {
  const since = Date.now();
  for (;;) {
    try {
      return await perform("look");
    } catch (error) {
      if (error.failed?.reason !== "other-window" || Date.now() - since > LEAVING) throw error;
      await new Promise((go) => setTimeout(go, 200));
    }
  }
}

const acts = {
  again: () => repeat?.(),
  lock: () =>
    begin("look", async () => {
      await perform("close");
      start();
      await look();
    }),
  forget: () =>
    begin("forget", async () => {
      const keeper = new Keeper();
      try {
        await keeper.forget(`trustee ${view.plan} ${trustee}`);
      } finally {
        keeper.close();
      }
      await look();
    }),
  file: () => begin("file", save),
  restart: () => begin("restart", async () => show(await perform("restart", { attempt: view.restart.attempt }))),
  verify: () => begin("verify", async () => show(await perform("verify"))),
  open: () => begin("open", async () => show(await perform("open"))),
};

/** The key file goes to the trustee's downloads. */
async function save() {
  const { file } = await perform("file");
  const address = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href: address, download: `${slug}-${trustee}.key` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  isSaved = true;
  $("[data-if=saved]").hidden = false;
}

const forms = {
  enrol: async ({ passphrase, again }) => {
    const isSame = passphrase.value === again.value;
    $("#passphrase-differs").hidden = isSame;
    again.setAttribute("aria-invalid", String(!isSame));
    if (!isSame) return again.focus();
    show(await perform("enrol", { passphrase: passphrase.value }));
    navigator.storage?.persist?.().catch(() => {});
  },
  unlock: async ({ passphrase }) => show(await perform("unlock", { passphrase: passphrase.value })),
  restore: async ({ file, passphrase }) => show(await perform("restore", { passphrase: passphrase.value }, await chosen(file))),
  agree: async ({ election }) => show(await perform("agree", { election: election.value })),
  rehearse: async ({ file, passphrase }) => show(await perform("rehearse", { passphrase: passphrase.value }, await chosen(file))),
};

async function chosen({ files }) {
  return files.length === 0 ? new Uint8Array() : new Uint8Array(await files[0].arrayBuffer());
}

document.addEventListener("click", ({ target }) => acts[target.closest("[data-do]")?.dataset.do]?.());

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const { form } = event.target.dataset;
  begin(form, () => forms[form](event.target.elements));
});

// A page that the browser had put aside shows what is kept now.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

for (const field of $$("[name=username]")) field.value = `${slug} ${trustee}`;
start();
begin("look", look);
