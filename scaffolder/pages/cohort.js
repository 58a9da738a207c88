// Sorts and filters the grids and opens what a cell stands for. Without it, the page says all the same.
(() => {
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const tools = document.querySelector(".tools");
  const grids = all(".grid").map((table) => ({ table, bodies: all("tbody", table), rows: all("tbody tr:not(.band)", table) }));
  const worst = "mpuenwd";
  const levels = ["not checked", "not rated", "no level yet", "Builder", "Deployer", "Operator"];
  const words = new Intl.Collator(undefined, { numeric: true });
  let opener = null;

  for (const grid of grids) {
    grid.rows.forEach((row, place) => { row.place = place; row.home = row.parentNode; });
    grid.heads = all("thead tr:last-child th", grid.table);
    grid.heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(grid, column));
    });
  }

  function value(row, column) {
    const cell = row.cells[column], text = cell.textContent.trim();
    if (column === 0 || column === 4) return text;
    if (column === 1) return levels.indexOf(text);
    if (column === 3) return (text.match(/[+−]\d+/g) || []).reduce((sum, part) => sum + Number(part.replace("−", "-")), 0);
    if (column === 5) { const [done, of] = text.split("/").map(Number); return of ? done - of : 1; }
    return column === 2 ? parseInt(text || "-1", 10) : worst.indexOf(cell.className);
  }

  function sort(grid, column) {
    const next = { none: "ascending", ascending: "descending", descending: "none" };
    const order = next[grid.heads[column].getAttribute("aria-sort") || "none"];
    grid.heads.forEach((head) => head.removeAttribute("aria-sort"));
    if (order !== "none") grid.heads[column].setAttribute("aria-sort", order);
    grid.column = column;
    grid.sign = { none: 0, ascending: 1, descending: -1 }[order];
    arrange(grid);
  }

  function arrange(grid) {
    const grouped = !tools.grouped || tools.grouped.checked;
    const keys = new Map(grid.rows.map((row) => [row, grid.sign ? value(row, grid.column) : 0]));
    const compare = (a, b) => (typeof a === "string" ? words.compare(a, b) : a - b);
    const sorted = [...grid.rows].sort((a, b) => (grid.sign || 0) * compare(keys.get(a), keys.get(b)) || a.place - b.place);
    sorted.forEach((row) => (grouped ? row.home : grid.bodies[0]).append(row));
    all(".band", grid.table).forEach((band) => {
      band.hidden = !grouped || !all("tr:not(.band)", band.parentNode).some((row) => !row.hidden);
    });
  }

  function filter() {
    const wanted = tools.find.value.trim().toLowerCase(), state = tools.show.value;
    const seen = new Set(), everybody = new Set();
    for (const grid of grids) {
      for (const row of grid.rows) {
        const name = row.cells[0].textContent, group = row.home.querySelector(".band bdi");
        const text = `${name} ${group ? group.textContent : ""}`.toLowerCase();
        row.hidden = !text.includes(wanted) || (state !== "" && !row.classList.contains(state));
        everybody.add(name);
        if (!row.hidden) seen.add(name);
      }
      arrange(grid);
    }
    tools.querySelector("output").textContent = wanted || state ? `${seen.size} of ${everybody.size} students` : "";
  }

  function open(link, item, project) {
    opener = link;
    location.hash = link.getAttribute("href");
    const part = item && all("section", document.querySelector(":target")).find((each) => each.dataset.p === project);
    const found = part && all("li[data-i]", part).find((each) => each.dataset.i === item);
    if (!found) return;
    if (found.closest("details")) found.closest("details").open = true;
    all(".shown").forEach((each) => each.classList.remove("shown"));
    found.classList.add("shown");
    found.scrollIntoView({ block: "center" });
  }

  function close(event) {
    const student = document.querySelector(".student:target");
    if (!student) return;
    event.preventDefault();
    const link = opener && opener.getAttribute("href") === `#${student.id}` ? opener : document.querySelector(`.grid a[href="#${student.id}"]`);
    location.hash = link.id || "overview";
    link.focus();
  }

  function mark() {
    all("a[aria-current]").forEach((each) => each.removeAttribute("aria-current"));
    const student = document.querySelector(".student:target");
    if (!student) return;
    all(`.grid a[href="#${student.id}"]`).forEach((each) => each.setAttribute("aria-current", "true"));
    student.focus({ preventScroll: true });
  }

  const item = (cell) => cell.closest(".grid").querySelectorAll("thead tr:last-child th")[cell.cellIndex];
  document.addEventListener("click", (event) => {
    const cell = event.target.closest(".grid tbody td"), ask = event.target.closest(".found a"), link = event.target.closest(".grid tbody a, .looks a");
    if (link) opener = link;
    else if (cell) open(cell.parentNode.cells[0].querySelector("a"), item(cell).dataset.i, cell.closest("section").dataset.p);
    else if (event.target.closest(".close")) close(event);
    else if (ask) {
      event.preventDefault();
      const shown = ask.parentNode.querySelector(".remedy");
      const said = document.getElementById(ask.hash.slice(1));
      if (shown) shown.remove();
      else if (said && said.querySelector(".remedy")) ask.parentNode.append(said.querySelector(".remedy").cloneNode(true));
    }
  });
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".grid tbody td");
    if (cell && item(cell).dataset.i) cell.title = `${item(cell).textContent.trim()}: ${cell.textContent}`;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(event); });
  tools.addEventListener("input", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", mark);
  tools.hidden = false;
  mark();
})();
