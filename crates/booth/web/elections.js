// "My elections": those of which this browser keeps something. Nothing is asked of anybody.

import { Keeper } from "./booth.js";
import { $, copyOf, fill, language, listChoices, moment, put, speaks, standingText } from "./page.js";

const keeper = new Keeper();

async function show() {
  const found = await keeper.summaries();
  for (const part of ["running", "past"]) {
    const mine = found.filter((summary) => isOver(summary) === (part === "past"));
    const items = await Promise.all(mine.sort((one, other) => (one.closes ?? Infinity) - (other.closes ?? Infinity)).map(item));
    $(`#${part} ul`).replaceChildren(...items);
    $(`#${part}`).hidden = items.length === 0;
  }
  $("#none").hidden = found.length > 0;
}

/** As far as this device knows: by what it saw last, and by the clock. */
function isOver({ phase, closes }) {
  return !["announced", "rehearsed", "voting", null].includes(phase) || (closes !== null && closes <= Date.now() / 1000);
}

async function item(summary) {
  const { place, slug, title, organiser, closes, zone, board, identifier, standing, choices } = summary;
  const element = copyOf("election").firstElementChild;
  const part = (name) => $(`[data-part=${name}]`, element);
  const manifest = await keeper.manifest(place);
  if (manifest) speaks(manifest);
  put(part("title"), title);
  put(part("organiser"), organiser);
  put(part("standing"), standingText(standing, zone));
  put(part("identifier"), identifier);
  fill("closes", closes === null ? "" : moment(closes, zone), element);
  part("closes").hidden = closes === null;
  part("vote").hidden = !choices || !manifest;
  if (choices && manifest) listChoices($("dl", element), manifest, choices);
  // Which of several ballots of one election it is, the page is told by what this tab remembers.
  const leave = () => ["link", "place", "draft"].forEach((name) => sessionStorage.removeItem(`urna ${slug} ${name}`));
  for (const name of ["title", "open"]) {
    part(name).href = `/vote/${slug}?lang=${language}`;
    part(name).addEventListener("click", () => {
      leave();
      sessionStorage.setItem(`urna ${slug} place`, JSON.stringify(place));
    });
  }
  part("board").href = `${board}?lang=${language}`;
  const sure = (isAsked) => {
    part("sure").hidden = !isAsked;
    part(isAsked ? "no" : "forget").focus();
  };
  part("forget").addEventListener("click", () => sure(true));
  part("no").addEventListener("click", () => sure(false));
  part("yes").addEventListener("click", async () => {
    try {
      await keeper.forget(place);
      leave();
      await show();
      $("h1").focus();
    } catch {
      $("#broken").hidden = false;
    }
  });
  return element;
}

// A page that the browser had put aside shows what is kept now.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

show().catch(() => ($("#broken").hidden = false));
