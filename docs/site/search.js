// The search over the code pages: Pagefind finds, this asks it and shows what it found.
import * as pagefind from "../pagefind/pagefind.js";

const PAGE = 10;
const LOOKED_AT = 30;
const CODE = /^\s*d?[-\s]?(\d{4})\s*$/i;
const EMPTY = new Set("a an and any are as at be by can do does for from get got had has have how i in is it its just me my need of on one or our so than that the their them then they this to want was what when with you your".split(" "));

const form = document.getElementById("search");
const [input, category, retired] = ["q", "category", "retired"].map((id) => document.getElementById(id));
const [told, found, more] = ["told", "found", "more"].map((id) => document.getElementById(id));
let waiting = [];
let latest = 0;

function filters() {
  const wanted = {};
  if (category.value) wanted.category = category.value;
  if (!retired.checked) wanted.state = "in force";
  return wanted;
}

// A tooth number such as #14 tells nothing of a code.
function words(text) {
  return (text.toLowerCase().replace(/#\w+/g, " ").match(/[\p{L}\p{N}'&-]+/gu) ?? []).filter((word) => !EMPTY.has(word));
}

// Pages that hold all words come first; behind them those that hold some, by how rare their words are.
async function ranked(text) {
  const number = CODE.exec(text);
  if (number) return (await pagefind.search(`D${number[1]}`, {})).results;
  const asked = words(text);
  const whole = (await pagefind.search(asked.join(" "), { filters: filters() })).results;
  if (asked.length < 2) return whole;
  const score = new Map();
  const hits = await Promise.all(asked.map((word) => pagefind.search(word, { filters: filters() })));
  for (const { results, unfilteredResultCount } of hits) {
    const rarity = Math.log(1 + 949 / (1 + unfilteredResultCount));
    const best = results[0]?.score ?? 1;
    for (const result of results) {
      const before = score.get(result.id) ?? { result, value: 0 };
      before.value += rarity * (0.4 + 0.6 * (result.score / best));
      score.set(result.id, before);
    }
  }
  const first = new Set(whole.map((result) => result.id));
  const rest = [...score.values()].filter(({ result }) => !first.has(result.id));
  return [...whole, ...rest.sort((a, b) => b.value - a.value).map(({ result }) => result)];
}

function plain(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

// A code whose title or synonym is just what was typed comes before those that have more words around it.
async function exactFirst(results, text) {
  const wanted = plain(text);
  const top = await Promise.all(results.slice(0, LOOKED_AT).map((result) => result.data()));
  const isExact = (data) => data.meta.names.split("|").some((name) => plain(name) === wanted);
  const ordered = [...top.filter(isExact), ...top.filter((data) => !isExact(data))];
  return [...ordered.map((data) => ({ data: async () => data })), ...results.slice(LOOKED_AT)];
}

// Up to three of its synonyms that hold a word that was typed: why it was found.
function met(data) {
  const asked = words(input.value).map((word) => word.slice(0, 5));
  const names = data.meta.names.split("|").slice(1);
  return names.filter((name) => asked.some((word) => ` ${name.toLowerCase()}`.includes(` ${word}`))).slice(0, 3);
}

function element(tag, className, textContent) {
  return Object.assign(document.createElement(tag), { className, textContent });
}

function item(data) {
  const [code, ...title] = data.meta.title.split(" ");
  const link = Object.assign(element("a", "", ""), { href: data.url });
  link.append(element("span", "cdt-code", code), " ", element("span", "title", title.join(" ")));
  const where = [data.meta.category, data.meta.state === "retired" ? "retired" : ""].filter(Boolean).join(" · ");
  const entry = document.createElement("li");
  entry.append(link, element("p", "where", where), element("p", "", data.meta.about));
  const names = met(data);
  if (names.length) entry.append(element("p", "names", `Also known as: ${names.join(", ")}`));
  return entry;
}

async function show(count) {
  const asked = latest;
  const next = await Promise.all(waiting.splice(0, count).map((result) => result.data()));
  if (asked !== latest) return undefined;
  const entries = next.map(item);
  found.append(...entries);
  more.hidden = waiting.length === 0;
  return entries[0];
}

async function search() {
  const asked = ++latest;
  const text = input.value.trim();
  const results = text ? await exactFirst(await ranked(text), text) : [];
  if (asked !== latest) return;
  waiting = results;
  found.replaceChildren();
  more.hidden = true;
  told.textContent = !text ? "" : results.length ? `${results.length} codes found` : `No code found for “${text}”`;
  await show(PAGE);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

let timer;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
more.addEventListener("click", async () => {
  const first = await show(PAGE);
  first?.querySelector("a").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  input.focus();
});

const given = new URLSearchParams(location.search);
input.value = given.get("q") ?? "";
category.value = given.get("category") ?? "";
retired.checked = given.has("retired");
if (input.value) search();
