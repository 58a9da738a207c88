"use strict";

// Without this file everything is there already; it adds sorting, filtering and pages of examples.

const PAGE = 5;
const byId = (id) => document.getElementById(id);

for (const table of document.querySelectorAll("table.sortable")) {
  for (const head of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head));
    head.append(button);
  }
}

// Numbers start with the largest, texts with A; a second click turns that round. Empty cells stay last.
function sort(table, head) {
  const numeric = head.dataset.sort === "number";
  const before = head.getAttribute("aria-sort");
  const rising = before ? before === "descending" : !numeric;
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const value = (row) => row.cells[head.cellIndex].dataset.value;
  const compare = (one, other) => (numeric ? one - other : one.localeCompare(other, "en"));
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((first, second) => {
    const [one, other] = [value(first), value(second)];
    if (one === "" || other === "") return (one === "") - (other === "");
    return (rising ? 1 : -1) * compare(one, other);
  });
  body.append(...rows);
}

const cases = [...document.querySelectorAll("article.case")].map((element) => ({
  element,
  text: element.textContent.toLowerCase(),
}));
const [kind, who, search, more] = ["kind", "who", "search", "more"].map(byId);
let most = PAGE;

function show() {
  const words = search.value.toLowerCase().split(/\s+/);
  const fits = ({ element, text }) =>
    (!kind.value || kind.value === "=" + element.dataset.kind) &&
    (!who.value || who.value === "=" + element.dataset.who) &&
    words.every((word) => text.includes(word));
  const found = cases.filter(fits);
  const visible = new Set(found.slice(0, most));
  for (const one of cases) one.element.hidden = !visible.has(one);
  more.hidden = found.length <= most;
  byId("shown").textContent = found.length
    ? `${visible.size} of ${found.length} are shown.`
    : "No example fits. Choose less, or search for another word.";
}

function restart() {
  most = PAGE;
  show();
}

for (const field of [kind, who, search]) field.addEventListener("input", restart);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
more.addEventListener("click", () => {
  const next = cases.filter((one) => !one.element.hidden).length;
  most += PAGE;
  show();
  const first = cases.filter((one) => !one.element.hidden)[next].element.querySelector("h3");
  first.tabIndex = -1;
  first.focus(); // the reader goes on where the new ones begin
});
byId("filters").hidden = false;
show();
