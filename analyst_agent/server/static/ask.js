// The page of conversations: keys, chips, the panel of a number, and what is said while an answer takes its time.
"use strict";

(() => {
  const SLOW_MS = 6000;
  const VERY_SLOW_MS = 10000;
  const $ = (selector) => document.querySelector(selector);
  const asking = () => $(".turn.asking");

  function say(text) {
    $("#said").textContent = text;
  }

  // --- asking ---

  function ask(question) {
    const field = $("#question");
    field.value = question;
    $("#composer").requestSubmit();
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "composer" || !asking()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("The answer before is still on its way; wait for it or stop it.");
    asking().scrollIntoView({ block: "center" });
  }, true);

  document.addEventListener("htmx:after:request", (event) => {
    const from = event.target;
    if (from.id !== "composer" || !from.isConnected) return;
    const status = event.detail.ctx && event.detail.ctx.response ? event.detail.ctx.response.status : 0;
    if (status !== 200) return;
    $("#question").value = "";
    $("#question").focus();
  });

  // What had the focus may have been replaced: it goes to what came in its place.
  function refocus(target) {
    if (!(target instanceof Element)) return;
    const tickets = target.closest(".rows-behind") && target.querySelector(".table");
    const said = target.closest(".said");
    if (tickets) tickets.focus();
    if (said) said.focus();
    if (said) say("Kept.");
  }

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx) refocus(event.detail.ctx.target);
    const last = asking();
    if (last && !last.dataset.seen) {
      last.dataset.seen = "yes";
      last.scrollIntoView({ block: "start", behavior: "auto" });
    }
  });

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-ask]");
    if (chip) {
      if ("instead" in chip.dataset && !asking()) chip.closest(".turn").remove();
      ask(chip.dataset.ask);
      return;
    }
    const number = event.target.closest(".num");
    if (number) open(number);
    if (event.target.closest("[data-stop]")) $("#question").focus();
    const toggle = event.target.closest(".side-toggle");
    if (toggle) {
      const isOpen = $("#side-list").classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(isOpen));
    }
  });

  // --- the panel of a number ---

  function open(number) {
    const panel = $("#number-panel");
    const body = $("#number-body");
    const facts = number.dataset.facts.split(" ").map((name) => `fact=${encodeURIComponent(name)}`).join("&");
    body.replaceChildren($("#number-waiting").content.cloneNode(true));
    if (!panel.open) panel.showModal();
    htmx.ajax("GET", `${number.closest("[data-url]").dataset.url}/numbers?${facts}`, { target: "#number-body", swap: "innerHTML" });
  }

  document.addEventListener("click", (event) => {
    if (event.target.id === "number-panel") event.target.close(); // its backdrop
  });

  // --- keys ---

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.target.id === "question" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (event.target.value.trim()) $("#composer").requestSubmit();
    } else if ((event.key === "Enter" || event.key === " ") && event.target.matches("a.num")) {
      event.preventDefault();
      open(event.target);
    } else if (event.key === "/" && !field && !$("#number-panel").open && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      $("#question").focus();
    }
  });

  // --- while an answer takes its time ---

  setInterval(() => {
    const turn = asking();
    if (!turn) return;
    // By the server's clock where the page was opened anew; a clock that is ahead of this one's counts from now.
    turn.dataset.since = turn.dataset.since || String(Math.min(Date.parse(turn.dataset.askedAt) || Date.now(), Date.now()));
    const waited = Date.now() - Number(turn.dataset.since);
    const step = turn.querySelector(".steps li:last-child");
    const doing = step ? step.textContent : "reading the question";
    const said = turn.querySelector("[data-working]");
    if (said) said.textContent = waited < SLOW_MS ? doing : `still working: ${doing} (${Math.round(waited / 1000)} s)`;
    const slow = turn.querySelector("[data-slow][hidden]");
    if (slow && waited >= VERY_SLOW_MS) {
      slow.hidden = false;
      say(slow.textContent);
    }
  }, 500);
})();
