/** The list of traces found. */

import { series } from "./colours.js";
import { element } from "./dom.js";
import { ago, count, duration, moment, plural } from "./format.js";

const ORDERS = {
  newest: (one, two) => two.startTime - one.startTime,
  longest: (one, two) => two.duration - one.duration,
  shortest: (one, two) => one.duration - two.duration,
  spans: (one, two) => two.spans - one.spans,
  errors: (one, two) => two.errors - one.errors || two.startTime - one.startTime,
};

/** Cards for the traces in the order of that name. */
export function resultList(traces, order) {
  const longest = Math.max(...traces.map((trace) => trace.duration), 1);
  return [...traces].sort(ORDERS[order]).map((trace) => result(trace, longest));
}

function result(trace, longest) {
  return element("a",
    {
      class: "card result",
      href: `/trace/${trace.traceID}`,
      style: { "--length": `${(100 * trace.duration) / longest}%` },
    },
    element("div", { class: "result__head" },
      element("span", { class: "result__name" },
        element("b", {}, trace.service), " ", trace.operation || "(no name)",
        trace.complete ? null : element("span", { class: "badge badge--warn" }, "root missing")),
      element("span", { class: "result__time" },
        element("time", { class: "small muted", datetime: isoTime(trace.startTime), title: moment(trace.startTime) },
          ago(trace.startTime)),
        element("b", { class: "num" }, duration(trace.duration)))),
    element("div", { class: "result__body" },
      element("span", { class: "num" }, plural(trace.spans, "span")),
      trace.errors ? element("span", { class: "badge badge--error" }, plural(trace.errors, "error")) : null,
      trace.requests > 1 ? element("span", { class: "num muted" }, `kept 1 of ${count(trace.requests)} requests`) : null,
      ...trace.services.map(serviceTag),
      element("span", { class: "result__id mono small muted" }, trace.traceID.slice(0, 8))));
}

function serviceTag(service) {
  const name = `tag service ${series(service.name)}${service.errors ? " service--failed" : ""}`;
  return element("span", { class: name }, element("i", { class: "swatch" }), `${service.name} (${count(service.spans)})`);
}

function isoTime(microseconds) {
  const date = new Date(microseconds / 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
