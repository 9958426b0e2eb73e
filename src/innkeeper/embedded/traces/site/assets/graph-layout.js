/**
 * Where the boxes of a graph of calls stand: callers left of what they call, or above it where the
 * window is too narrow for that.
 */

export const BOX_WIDTH = 150;
export const BOX_HEIGHT = 40;
const COLUMN = 290;
const ROW = 74;
const LEVEL = 112;
const BESIDE = 160;
const MARGIN = 16;
/** Two boxes side by side just fit a phone. */
const NARROW_MARGIN = 2;

/** { boxes: Map of name to {x, y}, width, height, down } for so many pixels. */
export function layout(calls, available) {
  const places = placesOf(calls);
  const columns = 1 + Math.max(...[...places.values()].map((place) => place.column));
  const down = 2 * MARGIN + (columns - 1) * COLUMN + BOX_WIDTH > available;
  const boxes = new Map([...places].map(([name, place]) => [name, down ? below(place) : beside(place)]));
  const all = [...boxes.values()];
  return {
    boxes, down,
    width: Math.max(...all.map((box) => box.x)) + BOX_WIDTH + (down ? NARROW_MARGIN : MARGIN),
    height: Math.max(...all.map((box) => box.y)) + BOX_HEIGHT + MARGIN,
  };
}

function beside({ column, row }) {
  return { x: MARGIN + column * COLUMN, y: MARGIN + row * ROW };
}

function below({ column, row }) {
  return { x: NARROW_MARGIN + row * BESIDE, y: MARGIN + column * LEVEL };
}

/** Column and row of each service; rows lie around the middle of the fullest column. */
function placesOf(calls) {
  const columns = columnsOf(calls);
  const filled = [];
  const places = new Map();
  for (const [name, column] of [...columns].sort(([one], [two]) => one.localeCompare(two))) {
    filled[column] = (filled[column] ?? 0) + 1;
    places.set(name, { column, row: filled[column] - 1 });
  }
  const tallest = Math.max(...filled.map((number) => number ?? 0));
  for (const place of places.values()) place.row += (tallest - filled[place.column]) / 2;
  return places;
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
