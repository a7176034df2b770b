// The page on which a voter votes. It shows one part of the page after the other, and has the voter's program (booth.js) do the rest.
//
// What a voter has cast is in the program's own storage from before it is sent, so that the page goes on from there whatever happens to
// it. What is only marked yet is kept for this tab alone, and so is the personal link, which leaves the address at once.

import { Ballot } from "./ballot.js";
import { check, copy, done, keep, receipt, recovery, settled } from "./done.js";
import { $, $$, copyOf, fill, language, listChoices, moment, said, saying, showIf, speaks, standingText } from "./page.js";
import { forget, keeper, known, perform, remember, slug, tab } from "./program.js";

/** How long to wait for a receipt when there is a promise, in seconds. */
const WAIT = 4;
/** From how many seconds before the end of a form's time its voter is warned. */
const WARN = 60;
/** What stands behind a # without being of a personal link: the page's own part. */
const isPersonal = (hash) => !["", "#", "#content"].includes(hash);

const isReason = (error, reason) => error.document?.reason === reason;

let ballot = null;
let repeat = null;

// ---- Parts of the page

/** Shows one part, and tells screen readers where they are. */
export function step(name) {
  for (const part of $$("[data-step]")) part.hidden = part.dataset.step !== name;
  $("#status").textContent = "";
  document.body.dataset.at = name;
  const title = $(`#step-${name}`);
  document.title = [title.textContent, $("h1").textContent].join(" · ");
  title.focus({ preventScroll: true });
  scrollTo(0, 0);
  time();
}

/** Puts what the manifest says where it belongs, and says what holds. */
export function describe() {
  const { manifest, shown } = known;
  const { policy, schedule, organiser, time_zone: zone } = manifest;
  speaks(manifest);
  fill("title", manifest.title);
  fill("description", manifest.description);
  for (const place of ["organiser", "name"]) fill(place, organiser.name);
  fill("contact", organiser.contact);
  fill("class", classOf()?.title);
  fill("minutes", new Intl.NumberFormat(language).format(policy.form_time_limit / 60));
  const times = schedule.times ?? {};
  for (const place of ["opens", "closes"]) fill(place, times[place] ? moment(times[place], zone) : "");
  const board = `${manifest.board.url}/${manifest.slug}/`;
  fill("board-address", board);
  $$("[data-href=board]").forEach((link) => (link.href = `${board}?lang=${language}`));
  const id = electionId();
  for (const place of id ? $$("[data-fill=election]") : []) {
    const groups = id.match(/.{8}/g).map((group) => Object.assign(document.createElement("span"), { textContent: group }));
    place.replaceChildren(...groups);
  }
}

const electionId = () => known.saved?.election_id ?? known.shown?.election_id ?? known.election;

/** What holds, for the parts of the page that say so. */
export function conditions() {
  const { manifest, shown, saved } = known;
  const { standing } = saved ?? {};
  const phase = shown?.phase;
  const isCast = standing !== undefined && standing.is !== "nothing_cast";
  const isVoting = shown ? shown.accepting !== false && (phase ?? "voting") === "voting" : false;
  const { policy } = manifest;
  const may = saved?.may ?? {};
  const holds = {
    trial: manifest.trial,
    cancelled: phase === "cancelled",
    description: manifest.description !== null,
    scheduled: manifest.schedule !== "manual",
    manual: manifest.schedule === "manual",
    [policy.revote]: true,
    classes: manifest.classes.length > 1 && Boolean(classOf()),
    limited: isLimited(),
    ready: isVoting && !shown.problem,
    "not-ready": shown !== null && (!isVoting || Boolean(shown.problem)),
    "is-cast": isCast,
    again: isCast && standing.kind === "ballot",
    blank: ballot?.isBlank,
    "own-vote": Boolean(saved?.choices),
    "has-receipt": ["recorded", "promised"].includes(standing?.is),
    "may-resend": ["unknown", "not_recorded"].includes(standing?.is) && (!isOver() || standing.kind === "returned"),
    "may-vote": isVoting && may.revote,
    "may-withdraw": isVoting && may.withdraw,
    "may-return": isOver() && may.return,
  };
  return new Set(Object.keys(holds).filter((name) => holds[name]));
}

const isLimited = () => known.manifest.policy.issuance === "with_ballot";

// ---- Opening

/** From what this device knows to the part of the page that goes on from there. */
export async function open() {
  forget();
  takeLink();
  $("#status").textContent = saying("opening");
  if (!known.link && !known.place) {
    const mine = (await keeper.summaries()).filter((summary) => summary.slug === slug);
    if (mine.length === 0) return step("landing");
    if (mine.length > 1) return whose(mine);
    remember(mine[0].place);
  }
  known.manifest = await perform("manifest");
  describe();
  try {
    known.saved = await perform("saved");
  } catch (error) {
    if (!isReason(error, "link_needed")) throw error;
  }
  const { standing } = known.saved ?? {};
  describe();
  const isCast = standing && standing.is !== "nothing_cast";
  if (isCast && standing.is !== "unknown" && !tab.get("draft")) return settled();
  known.shown = await perform("show").catch((error) => {
    if (isCast) return null;
    throw error;
  });
  describe();
  if (!isCast) return welcome();
  // What has got no answer is sent again, as long as that can help.
  if (standing.is === "unknown" && (!isOver() || standing.kind === "returned")) return resend();
  // A reload in the middle of another ballot goes on there.
  if (tab.get("draft") && conditions().has("may-vote")) return mark(tab.get("draft").at === "review");
  settled();
}

export const isOver = () => ["closed", "tallied", "certified"].includes(known.shown?.phase);

/** Takes the personal link out of the address, where others would see it later, and keeps it for this tab. */
function takeLink() {
  if (isPersonal(location.hash)) {
    const link = location.href.replace(location.search, "");
    if (link !== tab.get("link")) ["place", "draft"].forEach(tab.drop);
    tab.set("link", link);
    history.replaceState(null, "", location.pathname + location.search);
  }
  known.link = tab.get("link");
  known.place = tab.get("place");
}

function whose(mine) {
  const list = $("[data-step=whose] ul");
  list.replaceChildren();
  for (const { identifier, place } of mine) {
    const item = copyOf("one-of-them");
    $("button", item).textContent = identifier;
    $("button", item).addEventListener("click", () => (remember(place), begin("open", open)));
    list.append(item);
  }
  step("whose");
}

/** Takes the right to vote, which is kept from then on. */
async function token() {
  await perform("token");
  known.saved = await perform("saved");
  navigator.storage?.persist?.().catch(() => {});
  await keep();
}

function welcome() {
  const { shown, saved, manifest } = known;
  if (isOver() && saved?.may?.return) return done();
  const now = Date.now() / 1000;
  const opens = shown.opens;
  const isLate = isOver() || (shown.closes !== null && shown.closes <= now);
  const isPreparing = ["ceremony_missing", "rehearsal_missing", "register_missing"].includes(shown.reason);
  const isEarly = !isLate && (isPreparing || ["announced", "rehearsed"].includes(shown.phase) || (opens !== null && opens > now));
  const isCancelled = shown.phase === "cancelled" || shown.reason === "cancelled";
  if (shown.problem && !isCancelled && !isLate && !isEarly) return fail({ document: { ...shown, error: shown.problem, problem: null } }, open);
  const why = () => {
    if (isCancelled) return saying("is-cancelled");
    if (isLate) return saying("is-closed");
    if (opens !== null && opens > now) return said("opens-at", { opens: moment(opens, manifest.time_zone) });
    if (shown.phase === "voting") return saying("not-accepting");
    return saying(isPreparing ? "not-prepared" : "not-yet-open");
  };
  fill("not-ready", why());
  showIf(conditions());
  step("welcome");
  // A reload in the middle of the ballot goes on there.
  if (tab.get("draft") && conditions().has("ready")) mark(tab.get("draft").at === "review");
}

// ---- The ballot

/** Opens the ballot: with the right to vote, where that is taken ahead. */
async function vote() {
  if (!isLimited() && !known.saved?.may) {
    step("preparing");
    await token();
  }
  tab.set("draft", { choices: known.saved?.choices ?? null, at: "ballot", opened: Date.now() });
  mark(false);
}

function mark(isToReview) {
  const style = classOf().ballot_style;
  const { contests } = known.manifest.ballot_styles.find(({ id }) => id === style);
  const mine = contests.map((id) => known.manifest.contests.find((contest) => contest.id === id));
  ballot = new Ballot($("#contests"), mine, tab.get("draft").choices, () => draft("ballot"));
  $("#mistakes").hidden = true;
  showIf(conditions());
  if (isToReview && ballot.mistakes.length === 0) review();
  else step("ballot");
}

const classOf = () => {
  const own = known.shown?.class ?? known.saved?.class;
  return known.manifest.classes.find(({ id }) => id === own);
};

const draft = (at) => tab.set("draft", { ...tab.get("draft"), choices: ballot.choices, at });

function review() {
  const { mistakes } = ballot;
  const box = $("#mistakes");
  box.hidden = mistakes.length === 0;
  $("ul", box).replaceChildren(...mistakes.map(({ lead, text }) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text });
    link.addEventListener("click", lead);
    item.append(link);
    return item;
  }));
  if (mistakes.length > 0) return box.focus();
  draft("review");
  listChoices($("[data-step=review] dl"), known.manifest, ballot.choices);
  showIf(conditions());
  step("review");
}

/** The time for a form, where there is one: a warning before its end, then one tap for a new form, with what is marked. */
let clock = null;
function time() {
  clearTimeout(clock);
  const limit = $("#limit");
  const at = document.body.dataset.at;
  const isRunning = known.manifest && isLimited() && ["ballot", "review"].includes(at) && tab.get("draft");
  if (!isRunning) {
    limit.hidden = true;
    return;
  }
  const left = Math.ceil((tab.get("draft").opened - Date.now()) / 1000 + known.manifest.policy.form_time_limit);
  const isOver = left <= 0;
  if (isOver && at === "review") return step("ballot");
  $("#ballot").inert = isOver;
  limit.hidden = left > WARN;
  if (isOver) {
    const again = Object.assign(document.createElement("button"), { type: "button", textContent: saying("restart") });
    again.addEventListener("click", () => {
      tab.set("draft", { ...tab.get("draft"), opened: Date.now() });
      step("ballot");
    });
    limit.replaceChildren(Object.assign(document.createElement("p"), { textContent: saying("time-up") }), again);
    return;
  }
  // Said often enough to be known, and seldom enough to be borne by who hears it.
  const next = [WARN, 30, 10, 0].find((second) => second < left);
  if (left <= WARN) limit.textContent = said("time-left", { seconds: left });
  clock = setTimeout(time, (left - next) * 1000);
}

// ---- Casting

const cast = () => send("cast", { choices: ballot.choices });
const resend = () => send("cast");

/** Sends something, and shows what came of it. */
async function send(what, more = {}) {
  $$("[data-stage]").forEach((stage) => {
    stage.removeAttribute("aria-current");
    delete stage.dataset.over;
  });
  step("sending");
  // From before anything leaves, this device finds its way back without the link.
  if (!known.saved?.may) await token();
  await keep(underWay(what));
  try {
    await perform(what, { wait: WAIT, ...more });
  } finally {
    known.saved = await perform("saved").catch(() => known.saved);
    await keep();
  }
  // What is kept from now on has no more use for the link.
  ["draft", "link"].forEach(tab.drop);
  known.link = null;
  settled();
}

/** How the vote stands while something is sent: whoever looks meanwhile is not told that nothing was. */
function underWay(what) {
  const { is, kind } = known.saved.standing;
  const kinds = { cast: is === "unknown" ? kind : "ballot", withdraw: "withdrawal", return: "returned" };
  return { is: "unknown", kind: kinds[what], earlier_stands: ["recorded", "promised"].includes(is) };
}

async function recover(form) {
  const code = $("[name=code]", form).value;
  if (!known.manifest) await fetchManifest();
  describe();
  const elsewhere = { link: null, place: null, board: `${known.manifest.board.url}/${slug}`, election: electionId() };
  try {
    await perform("recover", { code, ...(known.link ? {} : elsewhere) });
  } catch (error) {
    // In the link's own place is what was asked for and refused: the code has another one.
    if (!isReason(error, "already_saved") || known.saved?.may) throw error;
    await perform("recover", { code, ...elsewhere });
  }
  tab.drop("link");
  await open();
  await keep();
}

/** Without a link, which election it is can only be asked: whoever recovers compares its id. */
async function fetchManifest() {
  const none = (reason) => Object.assign(new Error(reason), { document: { reason } });
  const answer = await fetch(`/v1/elections/${slug}/manifest`, { credentials: "omit" }).catch(() => {
    throw none("unanswered");
  });
  if (!answer.ok) throw none(answer.status === 404 ? "unknown-election" : "unanswered");
  const bytes = await answer.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  known.election = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  known.manifest = JSON.parse(new TextDecoder().decode(bytes));
}

// ---- What goes wrong

/** Says what went wrong, how the vote stands, and what can be done. */
export function fail(error, again) {
  // What a browser refuses of its own: it keeps nothing.
  const { reason, problem, standing } = error.document ?? { reason: error instanceof DOMException ? "keeper" : "other" };
  const about = (name) => name && $(`template[data-reason="${CSS.escape(name)}"]`);
  const text = about(problem) ?? about(reason) ?? about("other");
  fill("reason", text.content.textContent);
  // What is only known in the program's own words is told in them.
  const isGeneral = ["refused", "other"].includes(text.dataset.reason);
  fill("detail", isGeneral ? (error.document?.error ?? error.message) : "");
  const stands = standing ?? known.saved?.standing;
  $("#standing").textContent = stands && known.manifest ? standingText(stands, known.manifest.time_zone) : "";
  const name = text.dataset.reason;
  // There is nothing to cast it with; the way back leads to the recovery code.
  if (name === "issued_elsewhere") tab.drop("draft");
  const isLink = ["link", "link_needed", "other_manifest", "other_slug", "unknown-election"].includes(name);
  repeat = again;
  const now = ["passes" in text.dataset && "may-repeat", known.manifest && "may-back", isLink && "may-paste"];
  const holds = known.manifest ? conditions() : new Set();
  now.filter(Boolean).forEach((name) => holds.add(name));
  $("[data-step=failed] .organiser").hidden = !known.manifest;
  showIf(holds);
  step("failed");
}

/** Does something that may go wrong, one thing after the other, and nothing twice. */
const begun = new Set();
let last = Promise.resolve();
function begin(name, act) {
  if (begun.has(name)) return;
  begun.add(name);
  document.body.setAttribute("aria-busy", "true");
  last = last.then(act).catch((error) => fail(error, act)).finally(() => {
    begun.delete(name);
    if (begun.size === 0) document.body.removeAttribute("aria-busy");
  });
}

/** From where one went wrong to the last thing that holds. */
function back() {
  if (document.body.dataset.at === "review") return draft("ballot"), step("ballot");
  const isCast = known.saved && known.saved.standing.is !== "nothing_cast";
  begin("back", isCast ? async () => settled() : open);
}

const actions = {
  reload: () => location.reload(), copy, back, print: () => print(),
  landing: () => (["link", "place", "draft"].forEach(tab.drop), forget(), step("landing")),
  withdrawing: () => step("withdrawing"), returning: () => step("returning"), "to-done": () => (tab.drop("draft"), settled()),
};

/** What takes a while. */
const work = {
  begin: vote, cast, resend, check, receipt, recovery, repeat: () => repeat(),
  withdraw: () => send("withdraw"), return: () => send("return"),
};

document.addEventListener("click", ({ target }) => {
  const name = target.closest("[data-do]")?.dataset.do;
  if (work[name]) begin(name, work[name]);
  else actions[name]?.();
});

function asUrl(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target } = event;
  if (target.id === "ballot") return review();
  if (target.dataset.form === "recover") return begin("recover", () => recover(target));
  // Mail programs break long lines.
  const pasted = target.elements.link.value.replace(/\s/g, "");
  const link = asUrl(pasted);
  const isLink = link?.origin === location.origin && isPersonal(link.hash);
  $("#link-wrong").hidden = isLink;
  target.elements.link.setAttribute("aria-invalid", String(!isLink));
  if (isLink) location.assign(link);
});

// Another link in the same window.
addEventListener("hashchange", () => isPersonal(location.hash) && location.reload());
// A page that the browser had put aside shows what is kept now.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

begin("open", open);
