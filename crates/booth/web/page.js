// What both pages of the booth do with their markup. All that they say stands in it already, in the reader's language.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

export const language = document.documentElement.lang;

/** What the page says under this name. */
export const saying = (name) => $(`template[data-saying="${name}"]`).content.textContent;

/** The same, with values in its places. */
export function said(name, values) {
  const copy = $(`template[data-saying="${name}"]`).content.cloneNode(true);
  for (const [place, value] of Object.entries(values)) fill(place, value, copy);
  return copy.textContent;
}

/** A copy of what stands in a template. */
export const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

/** Puts a value in all its places. A text of several languages says in which one it is. */
export function fill(place, value, within = document) {
  for (const element of $$(`[data-fill="${place}"]`, within)) put(element, value);
}

/** Puts a value in an element: a plain text, or one of a manifest, by language. */
export function put(element, value) {
  const text = typeof value === "object" && value !== null ? inLanguage(value) : { text: value ?? "" };
  element.textContent = text.text;
  if (text.language && text.language !== language) element.lang = text.language;
}

/** A manifest's first language: that of its texts, where there is none in the reader's. */
let first = null;
export const speaks = (manifest) => (first = manifest.languages[0]);

/** A manifest's text in the reader's language, else in its first. */
export function inLanguage(texts) {
  const found = Object.keys(texts).find((tag) => tag.split("-")[0] === language) ?? first;
  return { text: texts[found] ?? "", language: found };
}

/** Shows what belongs to these conditions and hides what belongs to others. */
export function showIf(conditions, within = document) {
  for (const element of $$("[data-if]", within)) element.hidden = !conditions.has(element.dataset.if);
}

/** A Unix second as date and time, in the election's own zone, which is named. */
export function moment(second, timeZone) {
  const parts = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  try {
    return new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(second * 1000);
  } catch {
    // A browser that does not know the zone.
    return new Intl.DateTimeFormat(language, { ...parts, timeZone: "UTC" }).format(second * 1000);
  }
}

/** A ballot as a list: under each contest what was chosen. `choices` is what `check` answers (spec/cli.md). */
export function listChoices(list, manifest, choices) {
  list.replaceChildren();
  for (const contest of manifest.contests.filter(({ id }) => id in choices)) {
    const term = document.createElement("dt");
    put(term, contest.title);
    list.append(term);
    const chosen = choices[contest.id];
    const options = contest.options.filter(({ id }) => Array.isArray(chosen) && chosen.includes(id));
    const texts = options.map(({ title }) => title);
    if (texts.length === 0) texts.push(saying(chosen === "abstain" ? "abstain" : "blank"));
    for (const text of texts) {
      const item = document.createElement("dd");
      put(item, text);
      list.append(item);
    }
  }
}

/** How the vote stands, in a sentence (spec/cli.md, a failure's `standing`). */
export function standingText(standing, zone) {
  const { is, kind, own, earlier_stands: earlier, deadline } = standing;
  const isLate = is === "promised" && deadline * 1000 < Date.now();
  if (is === "promised") return said(isLate ? "stands-overdue" : "stands-promised", { deadline: moment(deadline, zone) });
  if (is === "recorded") return saying(own ? `stands-${kind}` : "stands-other");
  if (is === "unknown" && kind === "returned") return saying("stands-unknown-returned");
  if (is === "unknown") return saying(earlier ? "stands-unknown-earlier" : "stands-unknown");
  if (is === "not_recorded") return saying(earlier ? "stands-not-recorded-earlier" : "stands-not-recorded");
  return saying("stands-nothing");
}
