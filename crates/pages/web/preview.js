// "Try the ballot": the booth's own scripts, of the bundle in which this election would be voted, on what its draft says.
//
// Nothing can be cast here: there is no program of a voter, no token and no board. What leaves the page are requests for these scripts
// and for the draft.

const here = document.getElementById("preview").dataset;
const script = (name) => import(`/booth/${here.bundle}/${name}.js`);
const [{ Ballot }, page, answer] = await Promise.all([script("ballot"), script("page"), fetch(here.draft)]);
const { $, $$, fill, language, listChoices, moment, showIf, speaks } = page;
if (!answer.ok) throw new Error(`the draft is not given: ${answer.status}`);
const draft = await answer.json();

let ballot = null;

/** Shows one part, and tells screen readers where they are. */
function step(name) {
  for (const part of $$("[data-step]")) part.hidden = part.dataset.step !== name;
  document.body.dataset.at = name;
  showIf(conditions());
  const title = $(`#step-${name}`);
  document.title = [title.textContent, $("h1").textContent].join(" · ");
  title.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Puts what the draft says where a manifest's words belong. */
function describe() {
  const { organiser, policy, schedule, time_zone: zone } = draft;
  speaks(draft);
  if (Object.keys(draft.title).length > 0) fill("title", draft.title);
  fill("description", draft.description);
  for (const place of ["organiser", "name"]) fill(place, organiser.name);
  fill("contact", organiser.contact);
  fill("class", draft.class?.title);
  fill("minutes", new Intl.NumberFormat(language).format(policy.form_time_limit / 60));
  const times = schedule.times ?? {};
  for (const place of ["opens", "closes"]) fill(place, times[place] ? moment(times[place], zone) : "");
  // What a voter can compare or recover, there is none of yet.
  $$("[data-step=welcome] details").forEach((part) => part.remove());
}

/** What holds, for the parts of the page that say so. */
function conditions() {
  const holds = {
    trial: draft.trial,
    description: draft.description !== null,
    scheduled: draft.schedule !== "manual",
    manual: draft.schedule === "manual",
    [draft.policy.revote]: true,
    classes: draft.several_classes && Boolean(draft.class),
    limited: draft.policy.issuance === "with_ballot",
    ready: true,
    blank: ballot?.isBlank,
  };
  return new Set(Object.keys(holds).filter((name) => holds[name]));
}

function mark() {
  ballot = new Ballot($("#contests"), draft.contests, null, () => {});
  $("#mistakes").hidden = true;
  step("ballot");
}

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
  listChoices($("[data-step=review] dl"), draft, ballot.choices);
  step("review");
}

/** Shows what would have been cast. */
function cast() {
  listChoices($("[data-step=cast] dl"), draft, ballot.choices);
  step("cast");
}

const actions = { begin: mark, again: mark, back: () => step("ballot"), cast };

document.addEventListener("click", ({ target }) => actions[target.closest("[data-do]")?.dataset.do]?.());
$("#ballot").addEventListener("submit", (event) => {
  event.preventDefault();
  review();
});
$("#class")?.addEventListener("change", ({ target }) => target.form.requestSubmit());

describe();
step(draft.contests.length > 0 ? "welcome" : "nothing");
