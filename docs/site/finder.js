// What a text finds, as the library answers it: codes by their number, beginning or range exactly, else by words.
import { Index, tokens } from "./ranking.js";

const NUMBER = /(?<![a-z\d])(d[- ]?(?=o*\d)[\do]{4})(?![a-z\d])|(?<![a-z\d])(d\d{2,3}|d\d{1,3}x{1,3})(?![\w-])|(?<![\w.$€£#:,-])(?<!(?<!\d{4})\/)(0?\d{4})(?![\w%]|[.,:-]\d|\/(?!\d{4}(?!\d)))/gi;
const RANGE = /(?<![\w$#-])(d[- ]?)?(\d{4})(?: ?[-–] ?| (?:to|thru|through) )(?:d[- ]?)?(\d{4})(?![\w-])/gi;
const PIECE = /^(?:d[- ]?(\d{0,4})|(\d{3,4})|d?[- ]?(\d{1,3})x{1,3})$/i;
const CODE_LIKE = /(?<![a-z\d])d[- ]?\d{4,}/gi;
const MOST = 200;

let loading;

// The index and the records, fetched when the first letter is typed.
export function load() {
  loading ??= Promise.all(["search.json", "records.json"].map(async (name) => (await fetch(new URL(name, import.meta.url))).json()))
    .then(([data, records]) => new Finder(new Index(data), records));
  return loading;
}

export class Finder {
  constructor(index, records) {
    this.index = index;
    this.records = new Map(records.map((record) => [record.code, record]));
  }

  // The records that a text finds, best first, and the numbers in it that are no codes.
  find(text, { category = "", retired = false } = {}) {
    const fits = (record) => (!category || record.category === category) && (retired || record.current);
    const admits = (code) => fits(this.records.get(code));
    const { exact, several, unknown, words } = this.numbersIn(text);
    const found = new Set(exact.filter((code) => !category || this.records.get(code).category === category));
    for (const code of this.records.keys()) if (admits(code) && several.some((isNamed) => isNamed(code))) found.add(code);
    if (words.trim() && !(several.length && !words.match(/[a-z]{2}/i))) for (const code of this.index.search(words, admits, MOST)) found.add(code);
    if (!found.size && words.trim()) for (const code of this.complete(words, admits)) found.add(code);
    return { records: [...found].map((code) => this.records.get(code)), unknown };
  }

  // The codes of which a title or synonym has all words of a text, and one that begins as its last does: it is still
  // being typed. A title comes before synonyms, and the shorter the surer.
  complete(text, admits) {
    const { NAMED_LATER, LAST_PLACE, EACH_WORD_TO_COMPLETE } = this.index.numbers;
    const whole = tokens(text);
    const begun = whole.pop();
    if (!begun) return [];
    const stems = whole.map((word) => this.index.stem(word));
    const best = new Map();
    this.index.codes.forEach((code, doc) => {
      if (!admits(code)) return;
      const { title, names } = this.records.get(code);
      [title, ...names].forEach((name, place) => {
        const words = tokens(name);
        const has = new Set(words.map((word) => this.index.stem(word)));
        if (!words.some((word) => word.startsWith(begun)) || !stems.every((stem) => has.has(stem))) return;
        const later = 1 - NAMED_LATER * Math.min(place, LAST_PLACE);
        const worth = this.index.priors[doc] * later / (1 + EACH_WORD_TO_COMPLETE * words.length);
        best.set(code, Math.max(worth, best.get(code) ?? 0));
      });
    });
    return [...best.keys()].sort((a, b) => best.get(b) - best.get(a) || (a < b ? -1 : 1)).slice(0, MOST);
  }

  numbersIn(text) {
    const exact = [], several = [], unknown = [];
    const piece = PIECE.exec(text.trim());
    if (piece) {
      const code = "D" + (piece[1] ?? piece[2] ?? piece[3]);
      if (this.records.has(code)) exact.push(code);
      else if (code.length === 5) unknown.push(code);
      else several.push((other) => other.startsWith(code));
      return { exact, several, unknown, words: "" };
    }
    let words = text.replace(RANGE, (typed, letter, from, to) => {
      const [first, last] = [`D${from}`, `D${to}`];
      if (first >= last || !(letter || (this.records.has(first) && this.records.has(last)))) return typed;
      several.push((code) => first <= code && code <= last);
      return " ";
    });
    words = words.replace(NUMBER, (typed, lettered, begun, bare) => {
      if (begun) {
        const beginning = begun.toUpperCase().replace(/X+$/, "");
        several.push((code) => code.startsWith(beginning));
        return " ";
      }
      const code = "D" + typed.slice(-4).toUpperCase().replaceAll("O", "0");
      if (this.records.has(code)) exact.push(code);
      else if (lettered) unknown.push(code);
      else return typed;
      return " ";
    });
    return { exact, several, unknown, words: words.replace(CODE_LIKE, " ") };
  }

  // Up to three known codes that a slip may have meant: swapped digits or a wrong one, then by number.
  near(code) {
    const slips = (other) => {
      const differing = [...code].filter((sign, at) => sign !== other[at]).length;
      return differing - ([...code].sort().join() === [...other].sort().join());
    };
    const distance = (other) => Math.abs(code.slice(1) - other.slice(1));
    return [...this.records.keys()].sort((a, b) => slips(a) - slips(b) || distance(a) - distance(b)).slice(0, 3);
  }
}

// What is said of what was found.
export function told(text, { records, unknown }, finder) {
  const missing = unknown.map((code) => `${code} is no code that is known; near it are ${finder.near(code).join(", ")}.`);
  if (records.length === 1) missing.push("1 code found");
  else if (records.length) missing.push(`${records.length} codes found`);
  else if (!unknown.length) missing.push(`No code found for “${text}”`);
  return missing.join(" ");
}
