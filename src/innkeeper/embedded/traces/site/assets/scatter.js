/** The traces found as dots: when they started, and how long they took. */

import { element, svg } from "./dom.js";
import { clock, duration, moment, plural } from "./format.js";

const NARROWEST = 280;
const HEIGHT = 170;
const LEFT = 56;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 26;
const PIXELS_PER_MARK = 130;
const MOST_MARKS = 6;

/** A figure's content, so many pixels wide. Durations lie on a logarithmic scale: most traces are short, a few are not. */
export function scatter(traces, available) {
  const width = Math.max(available, NARROWEST);
  const x = timeScale(traces, width);
  const y = durationScale(traces);
  // The list below says and links the same; tabbing through every dot would help nobody.
  const drawing = svg("svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" },
    ...y.marks.map((mark) => svg("g", {},
      svg("line", { class: "scatter__line", x1: LEFT, x2: width - RIGHT, y1: y(mark), y2: y(mark) }),
      svg("text", { x: LEFT - 8, y: y(mark) + 4, "text-anchor": "end" }, duration(mark)))),
    ...x.marks.map((mark, index) => svg("text",
      { x: x(mark), y: HEIGHT - 6, "text-anchor": anchor(index, x.marks.length) }, clock(mark).slice(0, x.digits))),
    ...[...traces].sort((one, two) => two.spans - one.spans).map((trace) => dot(trace, x, y)));
  return [element("figcaption", { class: "small muted" }, "Duration over start; larger dots have more spans"), drawing];
}

function dot(trace, x, y) {
  const label = `${trace.service} ${trace.operation}: ${duration(trace.duration)}, ${plural(trace.spans, "span")}`
    + `${trace.errors ? `, ${plural(trace.errors, "error")}` : ""}, ${moment(trace.startTime)}`;
  const radius = Math.min(4 + Math.log2(trace.spans) * 0.9, 16);
  return svg("a", { href: `/trace/${trace.traceID}`, tabindex: "-1" },
    svg("circle", {
      class: trace.errors ? "scatter__dot scatter__dot--error" : "scatter__dot",
      cx: x(trace.startTime), cy: y(trace.duration), r: radius,
    }, svg("title", {}, label)));
}

function timeScale(traces, width) {
  const starts = traces.map((trace) => trace.startTime);
  const first = Math.min(...starts);
  const span = Math.max(Math.max(...starts) - first, 1);
  const scale = (time) => LEFT + 16 + ((time - first) / span) * (width - LEFT - RIGHT - 32);
  const marks = Math.min(Math.floor(width / PIXELS_PER_MARK), MOST_MARKS);
  scale.marks = traces.length > 1
    ? Array.from({ length: marks }, (_, index) => first + (span * index) / (marks - 1))
    : [first];
  scale.digits = span > 10_000_000 ? 8 : 12;
  return scale;
}

function durationScale(traces) {
  const logarithms = traces.map((trace) => Math.log10(Math.max(trace.duration, 1)));
  const low = Math.floor(Math.min(...logarithms));
  const high = Math.max(Math.ceil(Math.max(...logarithms)), low + 1);
  const scale = (value) => {
    const share = (Math.log10(Math.max(value, 1)) - low) / (high - low);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  };
  scale.marks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return scale;
}

function anchor(index, length) {
  if (index === 0) return "start";
  return index === length - 1 ? "end" : "middle";
}
