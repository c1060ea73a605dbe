// The box that finds codes, on every page: it completes as one types, by what the library ranks.
import { load, told as sentence } from "../codes/finder.js";

const MOST = 8;

for (const form of document.querySelectorAll("form[data-codes]")) attach(form);

function attach(form) {
  const input = form.querySelector("input");
  const list = Object.assign(document.createElement("ul"), { className: "box-list", hidden: true });
  const state = Object.assign(document.createElement("p"), { className: "box-told" });
  list.id = `${input.id}-codes`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Codes");
  state.setAttribute("role", "status");
  form.append(list, state);
  const set = (name, value) => input.setAttribute(name, value);
  set("role", "combobox");
  set("aria-autocomplete", "list");
  set("aria-controls", list.id);
  set("aria-expanded", "false");
  let latest = 0;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    state.textContent = "";
    set("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else set("aria-activedescendant", list.children[place].id);
  };
  const option = (address, code, title, at) => {
    const entry = Object.assign(document.createElement("li"), { id: `${list.id}-${at}` });
    entry.setAttribute("role", "option");
    entry.dataset.address = address;
    if (code) entry.append(Object.assign(document.createElement("b"), { textContent: code }), " ");
    entry.append(title);
    entry.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      location.href = address;
    });
    return entry;
  };

  async function complete() {
    const asked = ++latest;
    const text = input.value.trim();
    if (!text) return close();
    const finder = await load();
    if (asked !== latest) return undefined;
    const answer = finder.find(text);
    const codes = answer.records.slice(0, MOST);
    const entries = codes.map(({ code, title }, at) => option(new URL(`../codes/${code}.html`, import.meta.url).href, code, title, at));
    const manual = new URL(`../search.html?q=${encodeURIComponent(text)}`, import.meta.url).href;
    entries.push(option(manual, "", `Search the manual for “${text}”`, entries.length));
    list.replaceChildren(...entries);
    state.textContent = answer.records.length ? "" : sentence(text, answer, finder);
    choose(-1);
    list.hidden = false;
    set("aria-expanded", "true");
    return undefined;
  }

  input.addEventListener("input", complete);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (list.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const count = list.children.length;
    choose((chosen + (event.key === "ArrowDown" ? 1 : -1) + count + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % count);
  });
  form.addEventListener("submit", (event) => {
    if (list.hidden || chosen < 0) return;
    event.preventDefault();
    location.href = list.children[chosen].dataset.address;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  const input = document.querySelector("#search input[type=search], form[data-codes] input");
  if (!input) return;
  event.preventDefault();
  input.focus();
});
