/** What a span says about itself: tags, events, process, links and warnings. All of it is text. */

import { element } from "./dom.js";
import { duration, moment, plural } from "./format.js";

/** The panel below a span's row. */
export function spanDetails(node, tree) {
  const { span } = node;
  return element("div", { class: "details" },
    element("div", { class: "details__head" },
      element("h2", {}, span.operationName || "(no name)"),
      element("button", { type: "button", class: "button button--quiet button--small", "data-zoom": node.index },
        "Zoom to this span")),
    element("dl", { class: "facts" },
      fact("Service", node.service),
      fact("Started", `${duration(node.start)} into the trace`, moment(span.startTime)),
      fact("Duration", duration(span.duration)),
      fact("Time of its own", duration(ownTime(node))),
      fact("Span id", element("a", { href: `#${span.spanID}`, class: "mono" }, span.spanID))),
    ...(span.warnings ?? []).map((text) => element("p", { class: "notice notice--warn small" }, text)),
    part("Tags", span.tags.length, keyValues(span.tags), true),
    part("Process", node.process.length, keyValues(node.process), false),
    part("Events", span.logs.length, events(span.logs, tree.origin), true),
    part("References", span.references.length, references(span), false));
}

function fact(name, value, title = null) {
  return element("div", {}, element("dt", {}, name), element("dd", { title }, value));
}

/** The part of the duration in which no child was at work. */
function ownTime(node) {
  let own = node.end - node.start;
  let covered = node.start;
  for (const child of node.children) {
    const from = Math.max(child.start, covered);
    const to = Math.min(child.end, node.end);
    if (to > from) {
      own -= to - from;
      covered = to;
    }
  }
  return own;
}

function part(title, number, content, open) {
  if (!number) return null;
  return element("details", { open },
    element("summary", {}, `${title} `, element("span", { class: "muted small" }, String(number))), content);
}

function keyValues(tags) {
  return element("table", { class: "pairs" }, element("tbody", {}, ...tags.map(pair)));
}

function pair(tag) {
  const failed = tag.key === "error" && String(tag.value) === "true";
  return element("tr", { class: failed ? "pairs__error" : null },
    element("th", { scope: "row" }, tag.key), element("td", { title: tag.type }, String(tag.value)));
}

function events(logs, origin) {
  return element("ol", { class: "events" }, ...logs.map((log) => {
    const [first, ...rest] = log.fields;
    const named = first?.key === "event";
    return element("li", {},
      element("div", { class: "events__head" },
        element("span", { class: "num muted", title: moment(log.timestamp) }, `+${duration(log.timestamp - origin)}`),
        element("b", {}, named ? String(first.value) : "event")),
      log.fields.length > (named ? 1 : 0) ? keyValues(named ? rest : log.fields) : null);
  }));
}

function references(span) {
  return element("ul", { class: "links" }, ...span.references.map((reference) => {
    const here = reference.traceID === span.traceID;
    const href = here ? `#${reference.spanID}` : `/trace/${reference.traceID}#${reference.spanID}`;
    const words = reference.refType === "CHILD_OF" ? "child of " : "follows from ";
    return element("li", {}, words, element("a", { href, class: "mono" }, reference.spanID),
      here ? null : [" in trace ", element("span", { class: "mono" }, reference.traceID)]);
  }));
}

/** What a search in the trace looks through, in lower case. */
export function searchText(node) {
  const { span } = node;
  const logs = span.logs.flatMap((log) => log.fields);
  const tags = [...span.tags, ...node.process, ...logs].map((tag) => `${tag.key}=${tag.value}`);
  return [node.service, span.operationName, span.spanID, ...tags, ...(span.warnings ?? [])].join("\n").toLowerCase();
}

/** "12 spans, 2 errors" */
export const tally = (service) => plural(service.spans, "span") + (service.errors ? `, ${plural(service.errors, "error")}` : "");
