/** Services as boxes, calls as curves between them. */

import { series } from "./colours.js";
import { element, svg } from "./dom.js";
import { count, duration, plural } from "./format.js";
import { BOX_HEIGHT, BOX_WIDTH, layout } from "./graph-layout.js";

const THINNEST = 1.5;
const THICKEST = 4;
const HEAD = 10;
const LINE = 15;
/** From so many failed calls in a hundred on, a curve is red. */
const MANY = 5;

/** A figure's content, for so many pixels. */
export function dependencyGraph(calls, available) {
  const { boxes, width, height, down } = layout(calls, available);
  const most = Math.max(...calls.map((call) => call.calls));
  // The table below says the same in words.
  const drawing = svg("svg",
    { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", style: { "--width": `${width}px` } },
    svg("defs", {}, arrowHead("arrow", "graph__head"), arrowHead("arrow-error", "graph__head graph__head--error")),
    ...calls.map((call) => edge(call, boxes, most, down)),
    ...[...boxes].map(([name, box]) => node(name, box)),
    ...calls.map((call) => label(call, boxes, calls, down)));
  return [element("div", { class: "graph__scroll", tabindex: "0", role: "region", "aria-label": "Graph of the calls" }, drawing),
    element("figcaption", { class: "small muted" },
      `Calls, and the time within which 95 of 100 were done. Red figures: some failed; a red arrow: ${MANY} of 100 or more.`)];
}

function edge(call, boxes, most, down) {
  const thickness = THINNEST + ((THICKEST - THINNEST) * Math.log1p(call.calls)) / Math.log1p(most);
  const failing = 100 * call.errors >= MANY * call.calls;
  const ends = [boxes.get(call.parent), boxes.get(call.child)];
  return svg("path", {
    class: failing ? "graph__edge graph__edge--error" : "graph__edge", "stroke-width": thickness,
    d: down ? downward(...ends) : rightward(...ends), "marker-end": failing ? "url(#arrow-error)" : "url(#arrow)",
  });
}

function rightward(from, to) {
  const middle = BOX_HEIGHT / 2;
  const [x1, y1, x2, y2] = [from.x + BOX_WIDTH, from.y + middle, to.x - HEAD, to.y + middle];
  // A call back leaves at the bottom and comes in from below, clear of the boxes between.
  if (to.x <= from.x) {
    const low = Math.max(from.y, to.y) + BOX_HEIGHT + 26;
    return `M${from.x + BOX_WIDTH / 2},${from.y + BOX_HEIGHT} C${from.x},${low} ${to.x + BOX_WIDTH},${low} ${to.x + BOX_WIDTH / 2},${to.y + BOX_HEIGHT + HEAD}`;
  }
  const bend = (x2 - x1) / 2;
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function downward(from, to) {
  const middle = BOX_WIDTH / 2;
  const [x1, y1, x2, y2] = [from.x + middle, from.y + BOX_HEIGHT, to.x + middle, to.y - HEAD];
  if (to.y <= from.y) {
    const right = Math.max(from.x, to.x) + BOX_WIDTH + 26;
    return `M${from.x + BOX_WIDTH},${from.y + BOX_HEIGHT / 2} C${right},${from.y} ${right},${to.y + BOX_HEIGHT} ${to.x + BOX_WIDTH + HEAD},${to.y + BOX_HEIGHT / 2}`;
  }
  const bend = (y2 - y1) / 2;
  return `M${x1},${y1} C${x1},${y1 + bend} ${x2},${y2 - bend} ${x2},${y2}`;
}

function label(call, boxes, calls, down) {
  const ends = [boxes.get(call.parent), boxes.get(call.child)];
  const place = down ? placeAbove(call, ...ends, calls) : placeBeside(call, ...ends, calls);
  const figures = [count(call.calls), duration(call.p95 / 1000)];
  return svg("text", { class: call.errors ? "graph__label graph__label--error" : "graph__label", ...place },
    ...(down ? lines(figures, place) : [figures.join(" · ")]),
    svg("title", {}, `${call.parent} to ${call.child}: ${plural(call.calls, "call")}, ${plural(call.errors, "error")}`));
}

/** One below the other, where there is no room beside each other. */
function lines(figures, { x, y }) {
  return figures.map((figure, index) => svg("tspan", { x, y: y + (index - 1) * LINE }, figure));
}

/** At the end of the curve that it shares with fewer others. */
function placeBeside(call, from, to, calls) {
  // On the side from which the curve does not come.
  const beside = BOX_HEIGHT / 2 + (to.y > from.y ? 20 : -8);
  if (to.x <= from.x) {
    return { x: (from.x + to.x + BOX_WIDTH) / 2, y: Math.max(from.y, to.y) + BOX_HEIGHT + 22, "text-anchor": "middle" };
  }
  if (atCaller(call, calls)) return { x: from.x + BOX_WIDTH + 10, y: from.y + BOX_HEIGHT / 2 + (to.y > from.y ? -8 : 20), "text-anchor": "start" };
  return { x: to.x - 16, y: to.y + beside, "text-anchor": "end" };
}

function placeAbove(call, from, to, calls) {
  const middle = BOX_WIDTH / 2;
  if (to.y <= from.y) return { x: Math.max(from.x, to.x) + BOX_WIDTH + 4, y: (from.y + to.y + BOX_HEIGHT) / 2, "text-anchor": "end" };
  if (atCaller(call, calls)) return { x: from.x + middle, y: from.y + BOX_HEIGHT + 20, "text-anchor": "middle" };
  const left = to.x < from.x;
  return { x: to.x + middle + (left ? -12 : 12), y: to.y - HEAD - 6, "text-anchor": left ? "end" : "start" };
}

function atCaller(call, calls) {
  const callers = calls.filter(({ child }) => child === call.child).length;
  const called = calls.filter(({ parent }) => parent === call.parent).length;
  return callers > called;
}

function node(name, box) {
  const shown = name.length > 18 ? `${name.slice(0, 17)}…` : name;
  return svg("g", { class: `graph__node ${series(name)}` },
    svg("title", {}, name),
    svg("rect", { x: box.x, y: box.y, width: BOX_WIDTH, height: BOX_HEIGHT, rx: 8 }),
    svg("rect", { class: "graph__mark", x: box.x, y: box.y, width: 8, height: BOX_HEIGHT, rx: 3 }),
    svg("text", { x: box.x + BOX_WIDTH / 2 + 4, y: box.y + BOX_HEIGHT / 2 + 5, "text-anchor": "middle" }, shown));
}

function arrowHead(id, name) {
  return svg("marker",
    { id, viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: HEAD, markerHeight: HEAD, markerUnits: "userSpaceOnUse", orient: "auto" },
    svg("path", { class: name, d: "M0,0 L8,4 L0,8 z" }));
}
