// Charts: a Vega-Lite specification of our own server drawn as SVG, without eval, in the colours of the theme.
"use strict";

(() => {
  const source = document.currentScript.dataset.vega;
  const embedded = new WeakMap();
  const NARROWEST = 150;
  let loading = null;

  function library() {
    loading = loading || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = () => reject(new Error("the chart library did not load"));
      document.head.append(script);
    });
    return loading;
  }

  function isDark() {
    const theme = document.documentElement.dataset.theme;
    return theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // Colours of our specifications and what stands for them on dark ground.
  const DARK = {
    "#000000": "#e6eaef", "#000": "#e6eaef", "#ffffff": "#191f26", "#fff": "#191f26", "black": "#e6eaef", "white": "#191f26",
  };

  function rethemed(value) {
    if (Array.isArray(value)) return value.map(rethemed);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rethemed(v)]));
    if (typeof value === "string" && /^(#[0-9a-f]{3,6}|black|white)$/i.test(value)) return darkOf(value.toLowerCase());
    return value;
  }

  function darkOf(text) {
    if (DARK[text]) return DARK[text];
    let hex = text.slice(1);
    if (hex.length === 3) hex = [...hex].map((c) => c + c).join("");
    const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
    const light = (Math.max(r, g, b) + Math.min(r, g, b)) / 2;
    // The lightness turned over, so that what stood out on white stands out on black.
    const wanted = 0.96 - 0.82 * light;
    const mixed = [r, g, b].map((c) => Math.min(1, Math.max(0, c - light + wanted)));
    return `#${mixed.map((c) => Math.round(c * 255).toString(16).padStart(2, "0")).join("")}`;
  }

  function themed(spec) {
    const ink = colour("--ink");
    const muted = colour("--muted");
    const line = colour("--line");
    const plain = isDark() ? { ...rethemed({ ...spec, data: undefined, datasets: undefined }), data: spec.data, datasets: spec.datasets } : spec;
    for (const key of ["data", "datasets"]) if (plain[key] === undefined) delete plain[key];
    const own = plain.config || {};
    const axis = { labelColor: muted, titleColor: muted, domainColor: line, tickColor: line, gridColor: line };
    return {
      ...plain,
      background: null,
      config: {
        ...own,
        background: null,
        font: "system-ui, sans-serif",
        axis: { ...own.axis, ...axis },
        legend: { ...own.legend, labelColor: muted, titleColor: muted },
        title: { ...own.title, color: ink, subtitleColor: muted },
        text: { ...own.text, ...(isDark() ? { fill: ink } : {}) },
        view: { ...own.view, stroke: null },
      },
    };
  }

  const OPTIONS = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip, loader: { http: { credentials: "omit" }, load: refuse } };

  // What a bar or a point says when it is pointed at: its name and its number, as the report writes them.
  function pointed(spec) {
    const told = spec.usermeta;
    const first = spec.data && spec.data.values && spec.data.values[0];
    if (!told || !first || !Array.isArray(spec.layer)) return spec;
    const names = [told.label, ...(told.kind === "slope" ? ["c3"] : []), told.shown in first ? told.shown : told.value];
    const tip = names.map((field) => ({ field, type: "nominal", title: field }));
    const isPointed = (layer) => !layer.data && ["bar", "point", "rect", "arc"].includes(layer.mark.type || layer.mark);
    const layer = spec.layer.map((one) => (isPointed(one) ? { ...one, encoding: { ...one.encoding, tooltip: tip } } : one));
    return { ...spec, layer };
  }

  // What is too wide for its place is drawn narrower, as far as it can be read; then its place is scrolled.
  function narrowed(spec, tooMuch) {
    return { ...spec, width: Math.max(NARROWEST, Math.floor(spec.width - tooMuch)) };
  }

  function untitled(spec) {
    const title = spec.title && typeof spec.title === "object" ? spec.title.subtitle : null;
    return { ...spec, title: title ? { ...spec.title, text: "" } : null };
  }

  async function draw(figure) {
    const place = figure.querySelector(".drawing");
    try {
      const [reply] = await Promise.all([fetch(figure.dataset.chart), library()]);
      if (!reply.ok) throw new Error("the chart is not there");
      const spec = pointed(themed(await reply.json()));
      figure.classList.toggle("wide", typeof spec.width !== "number"); // cells of a fixed size: as many as there are
      const room = place.clientWidth;
      let made = await embed(figure, place, untitled(spec));
      const tooMuch = place.querySelector("svg").getBoundingClientRect().width - room;
      if (tooMuch > 0 && typeof spec.width === "number") made = await embed(figure, place, narrowed(untitled(spec), tooMuch));
      embedded.set(figure, { made, spec });
      describe(place.querySelector("svg"), figure.dataset.alt);
      figure.querySelector("[data-png]").hidden = false;
    } catch (error) {
      const said = document.createElement("p");
      said.className = "muted small";
      said.textContent = `${figure.dataset.alt} (The picture could not be drawn: ${error.message}.)`;
      place.replaceChildren(said);
    }
  }

  async function embed(figure, place, spec) {
    const before = embedded.get(figure);
    if (before) before.made.finalize();
    place.replaceChildren();
    const made = await vegaEmbed(place, spec, OPTIONS);
    embedded.set(figure, { made, spec });
    return made;
  }

  function describe(svg, alt) {
    for (const inner of svg.querySelectorAll("[role], [aria-label]")) {
      for (const name of ["role", "aria-label", "aria-roledescription"]) inner.removeAttribute(name);
    }
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", alt);
  }

  function refuse() {
    return Promise.reject(new Error("a chart loads nothing"));
  }

  function tooltip(handler, event, item, value) {
    const tip = document.querySelector("#chart-tip") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "chart-tip", className: "chart-tip" }));
    if (value === null || value === undefined || value === "") {
      tip.hidden = true;
      return;
    }
    const said = typeof value === "object" ? Object.values(value) : [value];
    tip.textContent = said.filter((one) => !["null", "undefined", "NaN"].includes(String(one))).join(" · ");
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 12, innerWidth - box.width - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 14, innerHeight - box.height - 8)}px`;
  }

  async function save(figure) {
    const made = await vegaEmbed(document.createElement("div"), embedded.get(figure).spec, OPTIONS);
    const url = await made.view.background(colour("--surface")).toImageURL("png", 2);
    made.finalize();
    const link = document.createElement("a");
    link.href = url;
    link.download = `${figure.dataset.title.replace(/[^\w]+/g, "-").slice(0, 60) || "chart"}.png`;
    link.click();
  }

  function drawNew() {
    for (const figure of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
      figure.dataset.drawn = "yes";
      draw(figure);
    }
  }

  function drawAgain() {
    for (const figure of document.querySelectorAll("[data-chart][data-drawn]")) draw(figure);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-png]");
    if (button) save(button.closest("[data-chart]"));
  });
  document.addEventListener("analyst:theme", drawAgain);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);
  document.addEventListener("htmx:after:swap", drawNew);
  drawNew();
})();
