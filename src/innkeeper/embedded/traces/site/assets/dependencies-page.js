/** /dependencies: who calls whom, as a graph and as a table. */

import { ask } from "./ask.js";
import { assign, series } from "./colours.js";
import { dependencyGraph } from "./dependency-graph.js";
import { byId, contentWidth, element } from "./dom.js";
import { count, duration, plural } from "./format.js";
import { showHeld } from "./held.js";

let found = [];

const choice = new URLSearchParams(location.search).get("lookback");
if ([...byId("period").options].some((option) => option.value === choice)) byId("period").value = choice;
byId("period").addEventListener("change", () => {
  history.replaceState(null, "", `/dependencies?lookback=${byId("period").value}`);
  load();
});
window.addEventListener("resize", draw);
load();

async function load() {
  byId("state").replaceChildren(element("span", { class: "spinner" }), " Counting …");
  try {
    const [services, calls] = await Promise.all([
      ask("/api/services"), ask(`/data/calls?lookback=${byId("period").value}`),
    ]);
    assign(services);
    show(calls);
  } catch (error) {
    show([]);
    byId("state").replaceChildren(element("p", { class: "notice notice--error" }, error.message));
  }
  showHeld();
}

function show(calls) {
  byId("graph").hidden = byId("calls").hidden = calls.length === 0;
  byId("state").replaceChildren(...(calls.length ? [] : [nothing()]));
  found = calls;
  draw();
  byId("calls").replaceChildren(table(calls));
}

function draw() {
  byId("graph").replaceChildren(...(found.length ? dependencyGraph(found, contentWidth(byId("graph"))) : []));
}

function nothing() {
  return element("div", { class: "empty" },
    element("h2", {}, "No calls between services"),
    element("p", {}, "None of the traces of this time has a span of one service below that of another."));
}

function table(calls) {
  const names = ["Caller", "Called", "Calls", "Errors", "95 % within"];
  return element("table", { class: "cards" },
    element("thead", {}, element("tr", {},
      ...names.map((name, index) => element("th", { scope: "col", class: index > 1 ? "num" : null }, name)))),
    element("tbody", {}, ...calls.map(row)));
}

function row(call) {
  const search = `/search?service=${encodeURIComponent(call.child)}&lookback=2d`;
  return element("tr", {},
    element("th", { scope: "row" }, service(call.parent)),
    element("td", { "data-label": "Called" }, element("a", { href: search }, service(call.child))),
    element("td", { "data-label": "Calls", class: "num" }, count(call.calls)),
    element("td", { "data-label": "Errors", class: "num" },
      call.errors ? element("span", { class: "badge badge--error" }, plural(call.errors, "error")) : "0"),
    element("td", { "data-label": "95 % within", class: "num" }, duration(call.p95 / 1000)));
}

function service(name) {
  return element("span", { class: `service ${series(name)}` }, element("i", { class: "swatch" }), name);
}
