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

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action='theme']");
    if (!button) return;
    const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    setTheme(next);
    button.querySelector("[data-theme-name]").textContent = next;
  });
})();
