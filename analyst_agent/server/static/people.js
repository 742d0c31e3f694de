// A secret that is shown once: the button beside it copies it.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-action='copy-secret']");
  if (!button) return;
  const field = button.parentElement.querySelector("[data-secret]");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl-C"; // a page without TLS may not write: the text is selected
  }
});
