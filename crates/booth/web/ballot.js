// The ballot: made from the manifest, and read again. What may be marked is enforced as one marks it.

import { $, $$, copyOf, fill, language, put, said, saying } from "./page.js";

/** From how many options on they can be searched. */
const SEARCHED = 20;

/** A text as it is searched: small letters, without accents. */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase(language);

/** The contests of one class, in one form. */
export class Ballot {
  #contests;

  /** Puts the contests in a place. `changed` hears of every mark; `choices` are marked already. */
  constructor(place, contests, choices, changed) {
    this.#contests = contests.map((contest) => new Contest(contest, choices?.[contest.id], changed));
    place.replaceChildren(...this.#contests.map(({ element }) => element));
  }

  /** What is marked, by contest, as `cast` takes it. */
  get choices() {
    return Object.fromEntries(this.#contests.map((contest) => [contest.id, contest.choice]));
  }

  /** Whether some contest is voted blank. */
  get isBlank() {
    return this.#contests.some(({ choice }) => Array.isArray(choice) && choice.length === 0);
  }

  /** The contests that are not a vote yet: what to say of each, and where it is. */
  get mistakes() {
    return this.#contests.filter((contest) => !contest.isVote).map((contest) => ({
      lead: () => contest.lead(),
      text: said("too-few", { contest: contest.title }),
    }));
  }
}

class Contest {
  #contest;
  #inputs;

  constructor(contest, choice, changed) {
    this.#contest = contest;
    this.element = copyOf("contest").firstElementChild;
    const { min, max } = contest;
    const part = (name) => $(`[data-part=${name}]`, this.element);
    put(part("title"), contest.title);
    put(part("description"), contest.description);
    part("description").hidden = contest.description === null;
    const rule = this.#isSingle ? "one" : min === max ? "exactly" : min === 0 ? "up-to" : "from-to";
    for (const name of ["one", "exactly", "up-to", "from-to"]) part(`rule-${name}`).hidden = name !== rule;
    fill("min", min, this.element);
    fill("max", max, this.element);
    part("chosen").hidden = this.#isSingle;

    const options = contest.options.map((option) => this.#option(option.id, option.title, option.description));
    // A vote that is easily cast by mistake has a mark of its own, where one mark is all there is.
    if (this.#isSingle && min === 0) options.push(this.#option("", saying("choose-blank"), null, "blank"));
    if (contest.abstain) options.push(this.#option("", saying("choose-abstain"), null, "abstain"));
    part("options").replaceChildren(...options);
    this.#inputs = $$("input", part("options"));
    this.#mark(choice);
    this.#inputs.forEach((input) => input.addEventListener("change", () => this.#changed(input, changed)));
    this.#search(part("search"), options);
    this.#count();
  }

  get id() {
    return this.#contest.id;
  }

  get title() {
    return $("[data-part=title]", this.element).textContent;
  }

  /** What is marked, as `cast` takes it; null where one mark is all there is, and it is missing: that is no blank vote. */
  get choice() {
    const marked = this.#inputs.filter(({ checked }) => checked);
    if (this.#isSingle && marked.length === 0) return null;
    if (marked.some(({ dataset }) => dataset.means === "abstain")) return "abstain";
    return marked.filter(({ dataset }) => !dataset.means).map(({ value }) => value);
  }

  get isVote() {
    const { choice } = this;
    if (choice === null) return false;
    if (choice === "abstain") return true;
    return choice.length >= this.#contest.min && choice.length <= this.#contest.max;
  }

  /** Leads there: to the first option, whatever was searched for. */
  lead() {
    const field = $("[type=search]", this.element);
    field.value = "";
    field.dispatchEvent(new Event("input"));
    this.#inputs[0].focus();
  }

  get #isSingle() {
    return this.#contest.max === 1;
  }

  #option(value, title, description, means) {
    const option = copyOf("option").firstElementChild;
    const input = $("input", option);
    // An abstention among several marks is a mark of its own, which takes the others away.
    Object.assign(input, { type: this.#isSingle ? "radio" : "checkbox", name: `contest ${this.id}`, value });
    if (means) input.dataset.means = means;
    put($("[data-part=name]", option), title);
    put($("[data-part=description]", option), description);
    $("[data-part=description]", option).hidden = description === null;
    return option;
  }

  #mark(choice) {
    const wanted = (input) => {
      if (choice === "abstain") return input.dataset.means === "abstain";
      if (!Array.isArray(choice)) return false;
      return input.dataset.means ? input.dataset.means === "blank" && choice.length === 0 : choice.includes(input.value);
    };
    for (const input of this.#inputs) input.checked = wanted(input);
  }

  #changed(input, changed) {
    const tooMany = $("[data-part=too-many]", this.element);
    tooMany.hidden = true;
    if (input.checked && !this.#isSingle) {
      const isAbstention = input.dataset.means === "abstain";
      const others = this.#inputs.filter((other) => other !== input && other.checked);
      for (const other of others) if (isAbstention || other.dataset.means) other.checked = false;
      if (!isAbstention && this.choice.length > this.#contest.max) {
        input.checked = false;
        tooMany.hidden = false;
      }
    }
    this.#count();
    changed();
  }

  #count() {
    const { choice } = this;
    fill("chosen", Array.isArray(choice) ? choice.length : 0, this.element);
  }

  /** What is marked stays in sight, whatever is searched for, and so do blank votes and abstentions. */
  #search(field, options) {
    field.hidden = this.#contest.options.length <= SEARCHED;
    const texts = options.map((option) => plain(option.textContent));
    const count = (shown) => {
      fill("shown", shown, field);
      fill("all", options.length, field);
    };
    count(options.length);
    // A phone's key for searching does not send the ballot.
    $("input", field).addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    $("input", field).addEventListener("input", ({ target }) => {
      const words = plain(target.value).split(/\s+/);
      options.forEach((option, number) => {
        const { checked, dataset } = $("input", option);
        option.hidden = !checked && !dataset.means && !words.every((word) => texts[number].includes(word));
      });
      count(options.filter(({ hidden }) => !hidden).length);
    });
  }
}
