// The part of the voting page that shows how the vote stands: the identifier, what the board shows under it, the receipt, the code.

import { $, fill, listChoices, moment, said, saying, showIf, standingText } from "./page.js";
import { keeper, known, perform, slug } from "./program.js";
import { conditions, describe, isOver, step } from "./vote.js";

/** How often to look for a receipt after a promise, in seconds. */
const LOOK = 15;

/** Keeps for "my elections" what this one is, and how the vote stands. Nothing rests on it. */
export async function keep(standing = known.saved?.standing) {
  const { saved, manifest, place } = known;
  if (!saved) return;
  const { slug, title, organiser, schedule, board } = manifest;
  const noted = keeper.summarise({
    place, slug, title, organiser: organiser.name, closes: schedule.times?.closes ?? null, zone: manifest.time_zone,
    board: `${board.url}/${slug}/`, phase: known.shown?.phase ?? null,
    identifier: saved.identifier, standing, choices: saved.choices,
  });
  await noted.catch(() => {});
}

/** Shows how the vote stands, as far as this device knows. */
export function done() {
  fill("identifier", known.saved.identifier);
  $("#checked").hidden = true;
  fill("recovery", "");
  refresh();
  step("done");
}

/** The same, where somebody may be reading it. */
function refresh() {
  const { saved, manifest } = known;
  const { is, own } = saved.standing;
  describe();
  $("#standing-text").textContent = standingText(saved.standing, manifest.time_zone);
  $("#standing-text").className = is === "recorded" && own ? "done" : "";
  if (saved.choices) listChoices($("[data-step=done] dl"), manifest, saved.choices);
  showIf(conditions());
}

const isShown = () => document.body.dataset.at === "done";

/** Shows how the vote stands, and then what can wait; nobody has to wait for that. */
export function settled() {
  done();
  // What is shown already holds without it.
  look().catch(() => {});
}

/** What can wait until the identifier is shown: the code to scan, where the election stands, a receipt that is still to come. */
async function look() {
  const { size, path } = await perform("qr");
  drawQr(size, path);
  known.shown = await perform("show");
  // What has got no answer until the close will not be sent again: was it recorded?
  const { is, kind } = known.saved.standing;
  if (isOver() && is === "unknown" && kind !== "returned") {
    const checked = await perform("check");
    known.saved = await perform("saved");
    if (checked.is === "missing") known.saved.standing.is = "not_recorded";
  }
  await keep();
  if (isShown()) refresh();
  waitForReceipt();
}

function drawQr(size, path) {
  const svg = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  // Four modules of quiet around it (ISO/IEC 18004).
  const image = svg("svg", { viewBox: `-4 -4 ${size + 8} ${size + 8}`, "aria-hidden": "true", focusable: "false" });
  image.append(svg("rect", { x: -4, y: -4, width: size + 8, height: size + 8, class: "paper" }), svg("path", { d: path, class: "ink" }));
  $(".qr").replaceChildren(image);
  $(".qr").hidden = false;
}

let looking = null;
function waitForReceipt() {
  clearTimeout(looking);
  if (known.saved.standing.is !== "promised") return;
  looking = setTimeout(async () => {
    if (document.visibilityState === "visible" && isShown()) {
      await perform("check").catch(() => {});
      known.saved = await perform("saved").catch(() => known.saved);
      await keep();
      if (isShown()) refresh();
    }
    waitForReceipt();
  }, LOOK * 1000);
}

export async function check() {
  const button = $("[data-do=check]");
  button.disabled = true;
  try {
    const checked = await perform("check");
    known.saved = await perform("saved");
    await keep();
    done();
    const { standing } = known.saved;
    const name = () => {
      if (checked.overdue) return "overdue";
      if (checked.is === "missing" && standing.is === "recorded") return "contradicted";
      if (checked.is === "missing" && isOver()) return "too-late";
      return checked.is === "as_saved" && standing.kind === "withdrawal" ? "withdrawn" : checked.is;
    };
    const isPromised = checked.is === "promised" && !checked.overdue;
    const box = $("#checked");
    box.textContent = isPromised
      ? said("checked-promised", { deadline: moment(standing.deadline, known.manifest.time_zone) })
      : saying(`checked-${name()}`);
    box.classList.toggle("warning", ["missing", "another", "overdue", "contradicted", "too-late"].includes(name()));
    box.hidden = false;
    box.focus();
  } finally {
    button.disabled = false;
  }
}

export async function copy() {
  $("#copied").hidden = true;
  try {
    await navigator.clipboard.writeText(known.saved.identifier);
    $("#copied").hidden = false;
  } catch {
    // Where a page may not write to the clipboard, the identifier is marked, ready to be copied.
    getSelection().selectAllChildren($("[data-step=done] [data-fill=identifier]"));
  }
}

export async function receipt() {
  const { identifier, receipt, promise } = await perform("receipt");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([receipt ?? promise], { type: "text/plain" }));
  link.download = `${receipt ? "receipt" : "promise"}-${slug}-${identifier}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function recovery() {
  fill("recovery", (await perform("recovery")).code);
}
