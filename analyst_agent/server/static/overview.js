// The overview: a choice by pointer shows at once, addresses stay short, and a part that does not come says so.
"use strict";

(() => {
  const form = document.querySelector(".filters");
  let isByPointer = false;

  // By keyboard a list changes with every arrow on the way to what is wanted; then the button shows it.
  addEventListener("pointerdown", () => { isByPointer = true; }, true);
  addEventListener("keydown", () => { isByPointer = false; }, true);
  form.addEventListener("change", () => { if (isByPointer) form.requestSubmit(); });
  form.addEventListener("submit", () => {
    for (const choice of form.elements) choice.disabled = choice.name !== "" && choice.value === "";
  });
  // A page that the browser kept comes back with what it had, not with what was last chosen in it.
  addEventListener("pageshow", () => {
    for (const choice of form.elements) choice.disabled = false;
    form.reset();
  });

  // The tiles come first, then the panels from above, two at a time: a server has few cores.
  const waiting = [...document.querySelectorAll(".panels > .part")];
  const next = () => {
    const part = waiting.shift();
    if (part) htmx.trigger(part, "wanted");
  };
  function arrived(part) {
    part.removeAttribute("aria-busy");
    next();
    if (part.id === "tiles") next();
  }
  document.addEventListener("htmx:finally:request", ({ target }) => {
    if (target.matches?.(".part[aria-busy]")) arrived(target);
  });
  const tiles = document.getElementById("tiles");
  if (!tiles.querySelector(".skeleton")) arrived(tiles);

  document.addEventListener("htmx:error", (event) => {
    const part = event.target.closest?.(".part");
    if (!part) return;
    const problem = document.createElement("div");
    problem.className = "notice bad";
    problem.setAttribute("role", "alert");
    problem.textContent = "The server did not answer. Reload the page to try again.";
    part.querySelectorAll(".skeleton, .tiles, .slow").forEach((one) => one.remove());
    part.append(problem);
  });
})();
