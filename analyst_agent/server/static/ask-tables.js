// Tables of an answer: sorted by a column, shown whole, copied for a spreadsheet.
"use strict";

(() => {
  const say = (text) => { document.querySelector("#said").textContent = text; };

  function compare(one, other) {
    if (one === "" || other === "") return (one === "") - (other === "");
    const numbers = [Number(one), Number(other)];
    if (!numbers.some(Number.isNaN)) return numbers[0] - numbers[1];
    return one.localeCompare(other, "en", { numeric: true });
  }

  function sort(button) {
    const head = button.closest("th");
    const table = button.closest("table");
    const at = Number(button.dataset.sortAt);
    const isNumeric = head.classList.contains("n");
    const before = head.getAttribute("aria-sort");
    const down = before === "none" ? isNumeric : before === "ascending";
    for (const one of head.parentElement.children) one.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    showAll(table);
    const body = table.tBodies[0];
    const value = (row) => row.cells[at].dataset.value;
    const rows = [...body.rows].sort((one, other) => {
      const order = compare(value(one), value(other));
      const isEmpty = value(one) === "" || value(other) === "";
      return down && !isEmpty ? -order : order;
    });
    body.append(...rows);
    say(`Sorted by ${button.textContent}, ${down ? "largest first" : "smallest first"}.`);
  }

  function showAll(table) {
    for (const row of table.querySelectorAll("[data-more]")) row.hidden = false;
    const button = table.closest("[data-sheet]").querySelector("[data-all-rows]");
    if (button) button.hidden = true;
  }

  async function copy(button) {
    const table = button.closest("[data-sheet]").querySelector("table");
    const lines = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")).join("\t"));
    await navigator.clipboard.writeText(lines.join("\n"));
    say("The table is copied.");
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const sorter = event.target.closest("[data-sort-at]");
    if (sorter) sort(sorter);
    const all = event.target.closest("[data-all-rows]");
    if (all) showAll(all.closest("[data-sheet]").querySelector("table"));
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });
})();
