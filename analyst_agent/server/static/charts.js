// Draws every element with `data-chart`, which holds a Vega-Lite specification as JSON, in the colours of the theme. Loads the
// drawing library from `data-vega` of its own script element when the first chart is there.
"use strict";

(() => {
  const library = document.currentScript.dataset.vega;
  const views = new Map();
  const SLOPE_WIDTH = 220;
  // The colours that specifications are written in, and the page's own in their place.
  const COLOURS = {
    "#1f2933": "--ink", "#52606d": "--chart-mark", "#cbd2d9": "--chart-faint", "white": "--surface",
    "#eceff2": "--chart-grid", "#f3f5f7": "--chart-low", "#3e4c59": "--chart-high",
  };
  // Everything that is drawn is in the specification: a chart fetches nothing and leads nowhere.
  const refused = () => Promise.reject(new Error("a chart asks for nothing"));
  const NOTHING = { load: refused, sanitize: refused, http: refused, file: refused };
  const ERRORS = 1;
  let loading = null;
  let queue = Promise.resolve();

  function loaded() {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = done;
      script.onerror = () => { loading = null; failed(new Error("the drawing library did not come")); };
      document.head.append(script);
    });
    return loading;
  }

  function themed(part, colour) {
    if (Array.isArray(part)) return part.map((one) => themed(one, colour));
    if (typeof part === "string") return part in COLOURS ? colour(COLOURS[part]) : part;
    if (part === null || typeof part !== "object") return part;
    // Rows are what was counted: a value that reads like a colour stays what it is.
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, key === "data" ? one : themed(one, colour)]));
  }

  function fitted(spec, element) {
    const styles = getComputedStyle(element);
    const colour = (name) => styles.getPropertyValue(name).trim();
    const { title, usermeta, $schema, ...rest } = spec;
    const made = themed(rest, colour);
    const muted = colour("--muted"), line = colour("--line");
    shorten(made, Math.max(element.clientWidth * .36, Math.min(165, element.clientWidth * .5)));
    const isOfItsOwnSize = usermeta?.kind === "slope";
    return {
      ...made, width: isOfItsOwnSize ? Math.min(made.width, SLOPE_WIDTH) : "container",
      background: "transparent", padding: { left: 0, right: 14, top: 14, bottom: 4 },
      autosize: { type: isOfItsOwnSize ? "pad" : "fit-x", contains: "padding" },
      config: {
        ...made.config, aria: false, font: styles.fontFamily,
        axis: { ...made.config?.axis, labelColor: muted, titleColor: muted, domainColor: line, tickColor: line },
        legend: { labelColor: muted, titleColor: muted }, header: { labelColor: muted, titleColor: muted },
      },
    };
  }

  // Names at an axis may not take the room of what is drawn.
  function shorten(part, limit) {
    if (part === null || typeof part !== "object") return;
    if (part.labelLimit > limit) part.labelLimit = limit;
    Object.values(part).forEach((one) => shorten(one, limit));
  }

  async function draw(element) {
    if (!element.isConnected) return;
    if (element.clientWidth === 0) { unfolded.observe(element); return; }
    try {
      await loaded();
      const spec = JSON.parse(element.dataset.chart);
      views.get(element)?.finalize();
      // The element says in words what it shows; marks one by one would only be read aloud.
      const paper = document.createElement("div");
      paper.setAttribute("aria-hidden", "true");
      element.style.minHeight = `${element.clientHeight}px`;
      element.replaceChildren(paper);
      const drawn = await vegaEmbed(paper, fitted(spec, element), {
        mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false,
        loader: NOTHING, logLevel: ERRORS,
      });
      views.set(element, drawn.view);
      told(element, drawn.view, spec.usermeta ?? {});
      element.style.minHeight = "";
      element.classList.add("is-drawn");
    } catch (problem) {
      console.error(problem);
      element.removeAttribute("role");
      element.replaceChildren(note("This chart could not be drawn. Reload the page to try again."));
    }
  }

  function note(text) {
    const made = document.createElement("p");
    made.className = "notice";
    made.textContent = text;
    return made;
  }

  // What the pointer is at: name and number as the report writes them.
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");

  function told(element, view, meta) {
    const shown = meta.shown ?? "c2", label = meta.label ?? "c0";
    view.addEventListener("pointermove", (event, item) => {
      const datum = meta.kind === "line" ? nearest(view, event, element, shown) : item?.datum;
      if (!datum || !datum[shown]) { tip.hidden = true; return; }
      const name = document.createElement("b");
      name.textContent = meta.kind === "heat_map" ? `${datum.c0}, ${datum.c3}` : datum[label];
      tip.replaceChildren(name, datum[shown]);
      place(event);
    });
    element.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  function place(event) {
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 12)}px`;
  }

  // Of a line, the point nearest to the pointer from left to right.
  function nearest(view, event, element, shown) {
    const x = event.clientX - element.getBoundingClientRect().left - view.origin()[0];
    let found = null, distance = 40;
    const look = (part) => {
      if (part.marktype === "symbol") {
        for (const item of part.items) {
          if (item.datum?.[shown] && Math.abs(item.x - x) < distance) { found = item.datum; distance = Math.abs(item.x - x); }
        }
      } else if (part.items) part.items.forEach(look);
    };
    look(view.scenegraph().root);
    return found;
  }

  // What lies folded away is drawn when it has room.
  const unfolded = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (contentRect.width > 0) { unfolded.unobserve(target); drawAll([target]); }
    }
  });

  // The picture as a file, in the colours of the page.
  async function save(element) {
    const spec = JSON.parse(element.dataset.chart);
    const made = fitted(spec, element);
    const ground = getComputedStyle(element).getPropertyValue("--surface").trim();
    const drawn = await vegaEmbed(document.createElement("div"), {
      ...made, title: spec.title, width: typeof made.width === "number" ? made.width : element.clientWidth, background: ground, padding: 12,
    }, { mode: "vega-lite", ast: true, renderer: "none", actions: false, defaultStyle: false, tooltip: false, loader: NOTHING, logLevel: ERRORS });
    const link = document.createElement("a");
    link.href = await drawn.view.toImageURL("png", 2);
    drawn.finalize();
    link.download = `${(element.closest("figure").dataset.title ?? "chart").replace(/[^\w]+/g, "-").slice(0, 60)}.png`;
    link.click();
  }

  document.addEventListener("click", (event) => {
    const chart = event.target.closest("[data-png]")?.closest("figure")?.querySelector("[data-chart].is-drawn");
    if (chart) save(chart).catch((problem) => console.error(problem));
  });

  // One after the other, so that the page answers in between.
  function drawAll(elements) {
    for (const element of elements) {
      queue = queue.then(() => new Promise(requestAnimationFrame)).then(() => draw(element));
    }
  }

  function look(changes) {
    for (const [element, view] of views) {
      if (!element.isConnected) { view.finalize(); views.delete(element); tip.hidden = true; }
    }
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE || node.closest("svg")) continue;
        drawAll([...(node.matches("[data-chart]") ? [node] : []), ...node.querySelectorAll("[data-chart]")]);
      }
    }
  }

  const again = () => drawAll(views.keys());
  document.addEventListener("analyst:theme", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  drawAll(document.querySelectorAll("[data-chart]"));
})();
