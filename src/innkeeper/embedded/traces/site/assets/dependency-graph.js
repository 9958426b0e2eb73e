/** Services as boxes in columns, callers left of what they call; calls as curves between them. */

import { series } from "./colours.js";
import { element, svg } from "./dom.js";
import { count, duration, plural } from "./format.js";

const BOX_WIDTH = 150;
const BOX_HEIGHT = 40;
const COLUMN = 290;
const ROW = 74;
const MARGIN = 16;
const THINNEST = 1.5;
const THICKEST = 6;

/** A figure's content. */
export function dependencyGraph(calls) {
  const boxes = place(calls);
  const width = Math.max(...[...boxes.values()].map((box) => box.x)) + BOX_WIDTH + MARGIN;
  const height = Math.max(...[...boxes.values()].map((box) => box.y)) + BOX_HEIGHT + MARGIN;
  const most = Math.max(...calls.map((call) => call.calls));
  // The table below says the same in words.
  const drawing = svg("svg",
    { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", style: { "--width": `${width}px` } },
    svg("defs", {}, arrowHead("arrow", "graph__head"), arrowHead("arrow-error", "graph__head graph__head--error")),
    ...calls.map((call) => edge(call, boxes, most)),
    ...[...boxes].map(([name, box]) => node(name, box)),
    ...calls.map((call) => label(call, boxes, calls)));
  return [element("div", { class: "graph__scroll" }, drawing),
    element("figcaption", { class: "small muted" }, "Calls, and the time within which 95 of 100 were done")];
}

function place(calls) {
  const columns = columnsOf(calls);
  const filled = [];
  const boxes = new Map();
  for (const [name, column] of [...columns].sort(([one], [two]) => one.localeCompare(two))) {
    filled[column] = (filled[column] ?? 0) + 1;
    boxes.set(name, { column, row: filled[column] - 1 });
  }
  const tallest = Math.max(...filled.map((number) => number ?? 0));
  for (const box of boxes.values()) {
    box.x = MARGIN + box.column * COLUMN;
    box.y = MARGIN + (box.row + (tallest - filled[box.column]) / 2) * ROW;
  }
  return boxes;
}

/** The column of each service: one right of its rightmost caller, as far as cycles allow. */
function columnsOf(calls) {
  const names = new Set(calls.flatMap((call) => [call.parent, call.child]));
  const columns = new Map([...names].map((name) => [name, 0]));
  for (let round = 1; round < names.size; round += 1) {
    let moved = false;
    for (const { parent, child } of calls) {
      const column = columns.get(parent) + 1;
      if (columns.get(child) < column && column < names.size) {
        columns.set(child, column);
        moved = true;
      }
    }
    if (!moved) return columns;
  }
  return inBreadth(calls, columns);
}

/** With a cycle there is no rightmost caller; then the shortest way from the start decides. */
function inBreadth(calls, columns) {
  const called = new Set(calls.map((call) => call.child));
  const starts = [...columns.keys()].filter((name) => !called.has(name));
  const reached = new Map((starts.length ? starts : [calls[0].parent]).map((name) => [name, 0]));
  for (const [name, column] of reached) {
    for (const { parent, child } of calls) if (parent === name && !reached.has(child)) reached.set(child, column + 1);
  }
  for (const name of columns.keys()) if (!reached.has(name)) reached.set(name, 0);
  return reached;
}

function edge(call, boxes, most) {
  const thickness = THINNEST + ((THICKEST - THINNEST) * Math.log1p(call.calls)) / Math.log1p(most);
  const name = call.errors ? "graph__edge graph__edge--error" : "graph__edge";
  return svg("path", {
    class: name, d: path(boxes.get(call.parent), boxes.get(call.child)), "stroke-width": thickness,
    "marker-end": call.errors ? "url(#arrow-error)" : "url(#arrow)",
  });
}

function path(from, to) {
  const middle = BOX_HEIGHT / 2;
  const [x1, y1, x2, y2] = [from.x + BOX_WIDTH, from.y + middle, to.x - 8, to.y + middle];
  // A call back leaves at the bottom and comes in from below, clear of the boxes between.
  if (to.x <= from.x) {
    const low = Math.max(from.y, to.y) + BOX_HEIGHT + 26;
    return `M${from.x + BOX_WIDTH / 2},${from.y + BOX_HEIGHT} C${from.x},${low} ${to.x + BOX_WIDTH},${low} ${to.x + BOX_WIDTH / 2},${to.y + BOX_HEIGHT + 8}`;
  }
  const bend = (x2 - x1) / 2;
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function label(call, boxes, calls) {
  return svg("text", { class: "graph__label", ...labelPlace(call, boxes, calls) },
    `${count(call.calls)} · ${duration(call.p95 / 1000)}`,
    svg("title", {}, `${call.parent} to ${call.child}: ${plural(call.calls, "call")}, ${plural(call.errors, "error")}`));
}

/** At the end of the curve that it shares with fewer others. */
function labelPlace(call, boxes, calls) {
  const [from, to] = [boxes.get(call.parent), boxes.get(call.child)];
  // On the side from which the curve does not come.
  const beside = BOX_HEIGHT / 2 + (to.y > from.y ? 20 : -8);
  if (to.x <= from.x) {
    return { x: (from.x + to.x + BOX_WIDTH) / 2, y: Math.max(from.y, to.y) + BOX_HEIGHT + 22, "text-anchor": "middle" };
  }
  const callers = calls.filter(({ child }) => child === call.child).length;
  const called = calls.filter(({ parent }) => parent === call.parent).length;
  if (callers > called) return { x: from.x + BOX_WIDTH + 10, y: from.y + BOX_HEIGHT / 2 + (to.y > from.y ? -8 : 20), "text-anchor": "start" };
  return { x: to.x - 16, y: to.y + beside, "text-anchor": "end" };
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
    { id, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
    svg("path", { class: name, d: "M0,0 L8,4 L0,8 z" }));
}
