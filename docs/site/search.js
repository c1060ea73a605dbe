// The page that finds codes: what was typed stands in its address.
import { load, told as sentence } from "./finder.js";
import { tokens } from "./ranking.js";

const PAGE = 10;
const form = document.getElementById("search");
const [input, category, retired] = ["q", "category", "retired"].map((id) => document.getElementById(id));
const [told, found, more, manual] = ["told", "found", "more", "manual"].map((id) => document.getElementById(id));
let waiting = [];
let latest = 0;

function element(tag, className, textContent) {
  return Object.assign(document.createElement(tag), { className, textContent });
}

// Up to three of its synonyms that hold a word that was typed: why it was found.
function met({ names }) {
  const asked = tokens(input.value).filter((word) => word.length > 2).map((word) => word.slice(0, 5));
  return names.filter((name) => asked.some((word) => ` ${name.toLowerCase()}`.includes(` ${word}`))).slice(0, 3);
}

function item(record) {
  const link = Object.assign(element("a", "", ""), { href: `${record.code}.html` });
  link.append(element("span", "cdt-code", record.code), " ", element("span", "title", record.title));
  const where = [record.category, record.current ? "" : "retired"].filter(Boolean).join(" · ");
  const entry = document.createElement("li");
  entry.append(link, element("p", "where", where), element("p", "", record.about));
  const names = met(record);
  if (names.length) entry.append(element("p", "names", `Also known as: ${names.join(", ")}`));
  return entry;
}

function show(count) {
  const entries = waiting.splice(0, count).map(item);
  found.append(...entries);
  more.hidden = waiting.length === 0;
  return entries[0];
}

async function search() {
  const asked = ++latest;
  const text = input.value.trim();
  const finder = text ? await load() : undefined;
  if (asked !== latest) return;
  const answer = finder?.find(text, { category: category.value, retired: retired.checked });
  waiting = answer?.records ?? [];
  found.replaceChildren();
  told.textContent = answer ? sentence(text, answer, finder) : "";
  manual.hidden = !text;
  manual.querySelector("a").href = `../search.html?q=${encodeURIComponent(text)}`;
  show(PAGE);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

let timer;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, 120);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
more.addEventListener("click", () => show(PAGE)?.querySelector("a").focus());

const given = new URLSearchParams(location.search);
input.value = given.get("q") ?? "";
category.value = given.get("category") ?? "";
retired.checked = given.has("retired");
if (input.value) search();
