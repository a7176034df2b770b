// The part of the voting page that shows how the vote stands: the identifier, what the board shows under it, the receipt, the code.

import { $, fill, listChoices, moment, said, saying, showIf, standingText } from "./page.js";
import { keeper, known, perform, slug } from "./program.js";
import { conditions, describe, fail, open, step } from "./vote.js";

/** How often to look for a receipt after a promise, in seconds. */
const LOOK = 15;

/** Keeps for "my elections" what this one is. */
export async function keep() {
  const { saved, manifest, place } = known;
  const { slug, title, organiser, schedule, board } = manifest;
  await keeper.summarise({
    place, slug, title, organiser: organiser.name, closes: schedule.times?.closes ?? null, zone: manifest.time_zone,
    board: `${board.url}/${slug}/`, phase: known.shown?.phase ?? null,
    identifier: saved.identifier, standing: saved.standing, choices: saved.choices,
  });
}

/** Shows how the vote stands, as far as this device knows. */
export function done() {
  const { saved, manifest } = known;
  describe();
  fill("identifier", saved.identifier);
  $("#standing-text").textContent = standingText(saved.standing, manifest.time_zone);
  $("#standing-text").className = saved.standing.is === "recorded" ? "done" : "";
  if (saved.choices) listChoices($("[data-step=done] dl"), manifest, saved.choices);
  $("#checked").hidden = true;
  fill("recovery", "");
  showIf(conditions());
  step("done");
}

/** Shows how the vote stands, and then what can wait; nobody has to wait for that. */
export function settled() {
  done();
  look().catch((error) => fail(error, open));
}

/** What can wait until the identifier is shown: the code to scan, where the election stands, a receipt that is still to come. */
async function look() {
  const { size, path } = await perform("qr");
  drawQr(size, path);
  // Without the network the page shows what this device knows.
  known.shown = await perform("show").catch(() => known.shown);
  await keep();
  if (document.body.dataset.at === "done") showIf(conditions());
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
}

let looking = null;
function waitForReceipt() {
  clearTimeout(looking);
  if (known.saved.standing.is !== "promised") return;
  looking = setTimeout(async () => {
    if (document.visibilityState === "visible" && document.body.dataset.at === "done") {
      await perform("check").catch(() => {});
      known.saved = await perform("saved");
      if (known.saved.standing.is !== "promised") {
        await keep();
        done();
      }
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
      return checked.is === "as_saved" && standing.kind === "withdrawal" ? "withdrawn" : checked.is;
    };
    const isPromised = checked.is === "promised" && !checked.overdue;
    const box = $("#checked");
    box.textContent = isPromised
      ? said("checked-promised", { deadline: moment(standing.deadline, known.manifest.time_zone) })
      : saying(`checked-${name()}`);
    box.classList.toggle("warning", ["missing", "another", "overdue"].includes(name()));
    box.hidden = false;
    box.focus();
  } finally {
    button.disabled = false;
  }
}

export async function copy() {
  const text = known.saved.identifier;
  try {
    await navigator.clipboard.writeText(text);
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
