/** The line at the foot of every page: what the collector holds, and what it had to let go. */

import { ask } from "./ask.js";
import { byId, element } from "./dom.js";
import { bytes, count, plural } from "./format.js";

/** Fill in the figures; without them the line stays empty, the page has more to say. */
export async function showHeld() {
  const figures = await ask("/data/statistics").catch(() => null);
  if (figures) byId("held").replaceChildren(...lines(figures));
}

function lines(figures) {
  const share = Math.min(100, (100 * figures.bytes) / figures.capacity);
  const parts = [
    `${plural(figures.spans, "span")} of ${plural(figures.traces, "trace")} in memory`,
    `${bytes(figures.bytes)} of ${bytes(figures.capacity)}`,
    `${count(figures.accepted)} accepted, ${count(figures.refused)} refused, `
      + `${count(figures.evicted)} evicted for newer ones since the start`,
  ];
  return [
    element("span", { class: "meter held__meter", style: { "--length": `${share}%` }, "aria-hidden": "true" },
      element("i")),
    element("span", {}, parts.join(" · ")),
  ];
}
