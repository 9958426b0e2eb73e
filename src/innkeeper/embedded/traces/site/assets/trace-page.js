/** /trace/{id}: one trace as a timeline. */

import { ask } from "./ask.js";
import { assign, series } from "./colours.js";
import { criticalPath } from "./critical-path.js";
import { byId, element } from "./dom.js";
import { Finder } from "./finder.js";
import { ago, count, duration, moment, plural } from "./format.js";
import { showHeld } from "./held.js";
import { Minimap } from "./minimap.js";
import { tally } from "./span-details.js";
import { spanTree } from "./span-tree.js";
import { Waterfall } from "./waterfall.js";

const traceId = decodeURIComponent(location.pathname.split("/")[2] ?? "");

load();

async function load() {
  byId("state").replaceChildren(element("span", { class: "spinner" }), " Loading the trace …");
  goBackToSearch();
  try {
    const [services, [trace]] = await Promise.all([
      ask("/api/services"), ask(`/api/traces/${encodeURIComponent(traceId)}`),
    ]);
    byId("state").replaceChildren();
    show(trace, services);
  } catch (error) {
    byId("subtitle").textContent = traceId;
    byId("state").replaceChildren(error.status === 404 ? notHeld() : wrong(error.message));
  }
  showHeld();
}

/** Back to the search that led here, with its filters. */
function goBackToSearch() {
  const from = document.referrer ? new URL(document.referrer) : null;
  if (from?.origin === location.origin && from.pathname === "/search") byId("back").href = from.href;
}

function show(trace, services) {
  const tree = spanTree(trace);
  const [root] = tree.spans;
  assign([...services, ...tree.services.map((service) => service.name)]);
  const name = root.span.operationName || "(no name)";
  document.title = `${root.service} ${name} · Innkeeper`;
  byId("title").textContent = `${root.service} ${name}`;
  byId("crumb").textContent = trace.traceID.slice(0, 8);
  byId("subtitle").textContent = trace.traceID;
  byId("facts").replaceChildren(...facts(tree));
  byId("warnings").replaceChildren(...(trace.warnings ?? []).map(warning));
  byId("services").replaceChildren(...tree.services.map(legend));
  showDownload(trace.traceID);
  byId("trace").hidden = false;
  connect(tree);
}

function connect(tree) {
  const zoom = (view) => {
    waterfall.view = view;
    waterfall.render();
    minimap.show(view);
  };
  const waterfall = new Waterfall(byId("waterfall"), tree, zoom);
  const minimap = new Minimap(byId("minimap"), tree, zoom);
  const finder = new Finder(tree, waterfall);
  byId("collapse").addEventListener("click", () => waterfall.collapseAll(true));
  byId("expand").addEventListener("click", () => waterfall.collapseAll(false));
  byId("critical").addEventListener("change", (event) => {
    waterfall.critical = event.target.checked ? criticalPath(tree.spans) : new Map();
    waterfall.render();
  });
  connectErrors(tree, finder);
  const goToHash = () => {
    const node = tree.spans.find(({ span }) => span.spanID === location.hash.slice(1));
    if (node) waterfall.goTo(node, { open: true });
  };
  window.addEventListener("hashchange", goToHash);
  if (location.hash) goToHash();
}

function connectErrors(tree, finder) {
  const failed = tree.spans.filter((node) => node.failed);
  byId("errors").hidden = !failed.length;
  byId("errors").textContent = `Next of ${plural(failed.length, "error")}`;
  let taken = false;
  byId("needle").addEventListener("input", () => { taken = false; });
  byId("errors").addEventListener("click", () => {
    if (!taken) finder.take(failed);
    taken = true;
    finder.step(1);
  });
}

function facts(tree) {
  const pairs = [
    ["Started", `${moment(tree.origin)} (${ago(tree.origin)})`],
    ["Duration", duration(tree.end)],
    ["Services", count(tree.services.length)],
    ["Spans", count(tree.spans.length)],
    ["Depth", count(tree.depth)],
    ["Errors", count(tree.errors)],
  ];
  const kept = tree.spans[0].span.tags.find((tag) => tag.key === "innkeeper.sampling.adjusted_count");
  if (kept) pairs.push(["Kept", `1 of ${plural(Number(kept.value), "request")}`]);
  return pairs.map(([name, value]) => element("div", {},
    element("dt", {}, name),
    element("dd", { class: name === "Errors" && tree.errors ? "num failed" : "num" }, value)));
}

function legend(service) {
  return element("li", { class: series(service.name) },
    element("i", { class: "swatch" }), element("b", {}, service.name),
    element("span", { class: "small muted" }, tally(service)));
}

function showDownload(id) {
  const link = byId("download");
  link.href = `/api/traces/${id}?prettyPrint=true`;
  link.download = `trace-${id}.json`;
  link.hidden = false;
}

function notHeld() {
  return element("div", { class: "empty" },
    element("h2", {}, "This trace is not held"),
    element("p", {}, "It has not arrived yet, was not sampled, or has made room for newer ones."),
    element("div", { class: "row" },
      element("button", { type: "button", class: "button", onclick: load }, "Look again"),
      element("a", { class: "button button--quiet", href: "/search" }, "Search")));
}

function warning(text) {
  return element("p", { class: "notice notice--warn" }, text);
}

function wrong(message) {
  return element("p", { class: "notice notice--error" }, message);
}
