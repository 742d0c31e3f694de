// Files larger than the server reads are told before they are sent.
"use strict";

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
  const most = Number(input.form.dataset.mostMb);
  const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
  input.setCustomValidity(size > most * 1e6 ? `Together they are larger than ${most} MB: hand in fewer or smaller ones.` : "");
  input.reportValidity();
});
