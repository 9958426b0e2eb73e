/** /search: the filters, and the traces that they leave. */

import { ask } from "./ask.js";
import { byId, contentWidth, element } from "./dom.js";
import { describe, foldOnPhones, unfold } from "./filter-panel.js";
import { plural } from "./format.js";
import { showHeld } from "./held.js";
import { resultList } from "./result-list.js";
import { scatter } from "./scatter.js";
import { offerNames, offerOperations, parametersOf, readAddress, sayMistake } from "./search-form.js";

const form = byId("filters");
let running = new AbortController();
let found = [];

start();

function start() {
  const parameters = new URLSearchParams(location.search);
  if (parameters.get("traceID")) {
    location.replace(`/trace/${encodeURIComponent(parameters.get("traceID").trim())}`);
    return;
  }
  readAddress(form, parameters);
  foldOnPhones();
  form.addEventListener("submit", submit);
  form.elements.service.addEventListener("change", changeService);
  byId("order").addEventListener("change", showList);
  byId("lookup").addEventListener("submit", lookUp);
  window.addEventListener("popstate", goBack);
  window.addEventListener("resize", () => found.length && showScatter());
  search();
}

function submit(event) {
  event.preventDefault();
  try {
    history.pushState(null, "", `/search?${parametersOf(form)}`);
  } catch (error) {
    sayMistake(error.message);
    return;
  }
  foldOnPhones();
  search();
}

function goBack() {
  readAddress(form, new URLSearchParams(location.search));
  search();
}

async function changeService() {
  form.elements.operation.value = "";
  await offerOperations(form).catch((error) => sayMistake(error.message));
}

function lookUp(event) {
  event.preventDefault();
  location.assign(`/trace/${encodeURIComponent(byId("trace-id").value.trim())}`);
}

async function search() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  sayMistake();
  describe(form);
  byId("count").replaceChildren(element("span", { class: "spinner" }), " Searching …");
  try {
    const [services, traces] = await Promise.all([
      offerNames(form), ask(`/data/summaries?${parametersOf(form)}`, signal),
    ]);
    if (signal.aborted) return;
    found = traces;
    show(services);
  } catch (error) {
    if (error.name === "AbortError") return;
    found = [];
    show([]);
    byId("results").replaceChildren(nothingAsked());
    unfold();
    sayMistake(error.message);
  }
  showHeld();
}

function show(services) {
  byId("scatter").hidden = found.length === 0;
  byId("order-row").hidden = found.length < 2;
  byId("count").textContent = found.length ? `${plural(found.length, "trace")} found${shareKept()}` : "";
  if (found.length) {
    showScatter();
    showList();
  } else {
    byId("results").replaceChildren(services.length ? nothingFound() : nothingYet());
  }
}

/** Under load only some requests are kept as traces; each says how many it stands for. */
function shareKept() {
  const requests = found.reduce((sum, trace) => sum + trace.requests, 0);
  return requests > found.length ? `, kept of ${plural(requests, "request")}` : "";
}

function showScatter() {
  const figure = byId("scatter");
  figure.replaceChildren(...scatter(found, contentWidth(figure)));
}

function showList() {
  byId("results").replaceChildren(...resultList(found, byId("order").value));
}

function nothingFound() {
  return element("div", { class: "empty" },
    element("h2", {}, "No trace matches"),
    element("p", {}, "Look further back, or take a filter away."),
    element("a", { class: "button button--quiet", href: "/search?lookback=2d" }, "Show the last two days"));
}

function nothingAsked() {
  return element("div", { class: "empty" },
    element("h2", {}, "No search was made"), element("p", {}, "What is in the way stands below the filters."));
}

function nothingYet() {
  return element("div", { class: "empty" },
    element("h2", {}, "No traces yet"),
    element("p", {}, "A trace appears here within a second of the first request."),
    element("button", { class: "button button--quiet", type: "button", onclick: search }, "Look again"));
}
