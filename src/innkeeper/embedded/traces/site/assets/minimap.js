/** The whole trace at a glance; dragging over it zooms the timeline. */

import { colourOf } from "./colours.js";
import { element, setProperties } from "./dom.js";
import { duration } from "./format.js";

const HEIGHT = 64;
const SHORTEST_DRAG = 4;

export class Minimap {
  /** `choose` is called with [from, to] in microseconds from the start of the trace. */
  constructor(place, tree, choose) {
    this.tree = tree;
    this.choose = choose;
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.window = element("div", { class: "minimap__window" });
    this.words = element("p", { class: "small muted" });
    this.reset = element("button",
      { type: "button", class: "button button--quiet button--small", onclick: () => choose([0, tree.end]) }, "Whole trace");
    this.field = element("div", { class: "minimap__field" }, this.canvas, this.window);
    place.replaceChildren(this.field, element("div", { class: "row row--between" }, this.words, this.reset));
    this.field.addEventListener("pointerdown", (event) => this.#drag(event));
    new ResizeObserver(() => this.#draw()).observe(this.field);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.show([0, tree.end]);
  }

  /** Mark what the timeline shows. */
  show([from, to]) {
    const { end } = this.tree;
    const whole = from <= 0 && to >= end;
    this.window.hidden = whole;
    this.reset.hidden = whole;
    setProperties(this.window, { "--start": `${(100 * from) / end}%`, "--length": `${(100 * (to - from)) / end}%` });
    this.words.textContent = whole
      ? "Drag across to zoom in."
      : `${duration(Math.round(from))} to ${duration(Math.round(to))}`;
  }

  #draw() {
    const width = this.field.clientWidth;
    const scale = devicePixelRatio;
    this.canvas.width = width * scale;
    this.canvas.height = HEIGHT * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const { spans, end } = this.tree;
    const step = HEIGHT / spans.length;
    const colours = new Map(this.tree.services.map(({ name }) => [name, colourOf(name)]));
    const error = getComputedStyle(document.documentElement).getPropertyValue("--error");
    spans.forEach((node, index) => {
      pen.fillStyle = node.failed ? error : colours.get(node.service);
      const length = Math.max((width * (node.end - node.start)) / end, 1);
      pen.fillRect((width * node.start) / end, index * step, length, Math.min(Math.max(step * 0.8, 0.5), 5));
    });
  }

  #drag(event) {
    if (event.button !== 0) return;
    const { left, width } = this.field.getBoundingClientRect();
    const share = (moved) => Math.min(Math.max((moved.clientX - left) / width, 0), 1);
    const first = share(event);
    const ends = (moved) => [first, share(moved)].sort((one, two) => one - two).map((part) => part * this.tree.end);
    const done = new AbortController();
    const options = { signal: done.signal };
    this.field.setPointerCapture(event.pointerId);
    this.field.addEventListener("pointermove", (moved) => this.show(ends(moved)), options);
    this.field.addEventListener("pointercancel", () => done.abort(), options);
    this.field.addEventListener("pointerup", (moved) => {
      done.abort();
      const far = Math.abs(share(moved) - first) * width >= SHORTEST_DRAG;
      this.choose(far ? ends(moved) : [0, this.tree.end]);
    }, options);
  }
}
