// The page on which a board's election is verified in the browser: starts the verifier (worker.js), shows how far it is and what
// came of it. Every word stands in the page already, in the reader's language; here they are shown or hidden.

const place = (name) => document.getElementById(name);
const language = document.documentElement.lang;
const number = new Intl.NumberFormat(language);
const form = place("ask");
const input = place("election");
const [start, stop] = [place("start"), place("stop")];
let worker = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
stop.addEventListener("click", () => {
  end();
  say("verify-stopped");
  start.focus();
});
place("no-script").remove();
form.hidden = false;

function begin() {
  for (const name of ["outcome", "counts"]) place(name).hidden = true;
  for (const part of document.querySelectorAll(".answer")) part.replaceChildren();
  refuse(false);
  start.disabled = true;
  place("running").hidden = false;
  show({ stage: "start", per_cent: 0 });
  stop.focus();

  const { worker: script, program, slug } = form.dataset;
  worker = new Worker(script);
  worker.onmessage = ({ data }) => (data.progress ? show(data.progress) : finish(data));
  worker.onerror = (event) => finish({ unreadable: event.message ?? "" });
  worker.postMessage({
    program: new URL(program, location).href,
    record: new URL("./", location).href,
    question: { election: input.value, language, slug },
  });
}

function end() {
  worker?.terminate();
  worker = null;
  start.disabled = false;
  place("running").hidden = true;
}

/** What screen readers hear: a text of the page, once. */
function say(name) {
  const status = place("status");
  if (status.dataset.says === name) return;
  status.dataset.says = name;
  status.replaceChildren(words(name));
}

/** A copy of a text of the page. */
function words(name) {
  return place(`say-${name}`).content.cloneNode(true);
}

function show({ stage, per_cent }) {
  say(`stage-${stage}`);
  place("bar").value = per_cent;
  place("per-cent").textContent = (per_cent / 100).toLocaleString(language, { style: "percent" });
}

function refuse(isWrong) {
  place("election-wrong").hidden = !isWrong;
  input.setAttribute("aria-invalid", isWrong);
}

function finish(said) {
  end();
  place("status").replaceChildren();
  delete place("status").dataset.says;
  if (said === "not_an_election") {
    refuse(true);
    input.focus();
    return;
  }
  const { report, size, counts } = said.verified ?? {};
  const verdict = verdictOf(report);
  const title = place("verdict");
  title.replaceChildren(words(`verdict-${verdict}`));
  place("verdict-note").replaceChildren(words(`verdict-${verdict}-note`));
  place("detail").textContent = said.unreadable ?? "";
  place("found").hidden = !report;
  place("outcome").dataset.verdict = verdict;
  place("outcome").hidden = false;
  if (report) {
    place("found-id").textContent = report.election_id.match(/.{8}/g).join(" ");
    place("found-size").textContent = number.format(size);
    place("compare").hidden = report.anchor === "given" || verdict === "failed";
    report.checks.forEach(showCheck);
    place("failures").append(...report.checks.filter(({ status }) => status === "failed").map(toCheck));
    if (counts) showCounts(counts);
  }
  title.focus();
}

function verdictOf(report) {
  if (!report) return "unreadable";
  const asked = input.value.replace(/\s/g, "").toLowerCase();
  if (asked && asked !== report.election_id) return "other";
  if (report.verdict === "verified" && report.anchor === "none") return "unanchored";
  if (report.verdict === "so far" && report.phase === "cancelled") return "cancelled";
  if (report.verdict === "so far" && report.checks.some((check) => check.status === "erased")) return "erased";
  return report.verdict.replace(" ", "-");
}

function showCheck({ id, status, entry, reason }) {
  const answer = place(id).querySelector(".answer");
  const mark = element("strong", "status", words(`status-${status.replace(" ", "-")}`));
  mark.dataset.status = status;
  answer.append(mark);
  if (entry !== null) answer.append(" ", words("check-entry"), " ", number.format(entry));
  if (reason === null) return;
  const why = element("span", "reason", reason);
  why.lang = "en";
  answer.append(" ", why);
}

/** What leads to a check, with its name. */
function toCheck({ id }) {
  const link = element("a", "", place(id).querySelector("h3").textContent);
  link.href = `#${id}`;
  return element("li", "", link);
}

function showCounts({ contests, figures }) {
  for (const { title, rows } of contests) place("tables").append(table(title, rows));
  place("tables").append(table(words("count-figures"), figures));
  place("counts").hidden = false;
}

function table(title, rows) {
  const copy = place("table").content.cloneNode(true);
  copy.querySelector("caption").replaceChildren(title);
  copy.querySelector("[role=region]").ariaLabel = title;
  for (const row of rows) {
    const is = row.published === null ? "open" : row.computed === row.published ? "same" : "differs";
    const line = copy.querySelector("tbody").appendChild(document.createElement("tr"));
    line.className = is;
    const head = element("th", "", row.title ?? words(`count-${row.figure}`));
    head.scope = "row";
    const published = row.published === null ? words("count-unpublished") : number.format(row.published);
    line.append(
      head,
      element("td", "number", number.format(row.computed)),
      element("td", "number", published),
      element("td", "", is === "open" ? "" : words(`count-${is}`)),
    );
  }
  return copy;
}

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(content);
  return made;
}
