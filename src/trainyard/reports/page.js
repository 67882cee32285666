"use strict";
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
for (const table of document.querySelectorAll("table.sortable")) {
  const head = [...table.tHead.rows[0].cells];
  head.forEach((cell, place) => cell.querySelector("button")?.addEventListener("click", () => {
    const down = cell.getAttribute("aria-sort") === "ascending";
    head.forEach((other) => other.removeAttribute("aria-sort"));
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
    const rows = [...table.tBodies[0].rows].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      if ((a === "") !== (b === "")) return a === "" ? 1 : -1;
      const order = isNaN(a) || isNaN(b) ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
      return down ? -order : order;
    });
    table.tBodies[0].append(...rows);
  }));
}
