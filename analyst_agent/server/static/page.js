// What every page needs: the theme, kept in a cookie so that the next page comes in it.
"use strict";

(() => {
  const themes = ["auto", "light", "dark"];
  const root = document.documentElement;

  function setTheme(theme) {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    document.dispatchEvent(new CustomEvent("analyst:theme", { detail: { theme } }));
  }

  // On a phone the bar is wider than the screen: the page one is on is in sight.
  const nav = document.querySelector(".bar nav");
  const here = nav?.querySelector("[aria-current]");
  if (here) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.clientWidth) / 2;

  // What had the focus may be gone: it goes to what says how it ended.
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx?.target;
    if (target instanceof Element) target.querySelector("[data-focus]")?.focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action='theme']");
    if (!button) return;
    const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    setTheme(next);
    button.querySelector("[data-theme-name]").textContent = next;
  });
})();
