/**
 * The timeline. Rows are made in sections of forty, each when it comes near the window, and taken
 * away when it is far again, so that a page has few of them however many spans a trace has.
 */

import { series } from "./colours.js";
import { element } from "./dom.js";
import { duration } from "./format.js";
import { spanDetails } from "./span-details.js";

const ROWS = 40;
const ROW_HEIGHT = 36;
const DEEPEST = 12;
/** Per cent of the track beyond which a duration has no room right of its bar, or left of it. */
const LATE = 88;
const EARLY = 12;
const MARKS = 5;

export class Waterfall {
  /** `zoom` is called with [from, to] when a reader wants to see a span alone. */
  constructor(place, tree, zoom) {
    this.tree = tree;
    this.zoom = zoom;
    this.view = [0, tree.end];
    this.collapsed = new Set();
    this.open = new Set();
    this.hits = new Set();
    this.current = null;
    this.critical = new Map();
    this.head = element("div", { class: "waterfall__head" });
    this.body = element("div");
    this.observer = new IntersectionObserver((entries) => this.#nearby(entries), { rootMargin: "800px" });
    this.body.addEventListener("click", (event) => this.#click(event));
    place.replaceChildren(this.head, this.body);
    this.render();
  }

  /** Draw again after `view`, `hits` or `critical` changed. */
  render() {
    this.#renderHead();
    this.observer.disconnect();
    const rows = this.#visible();
    const sections = [];
    for (let first = 0; first < rows.length; first += ROWS) sections.push(this.#section(rows.slice(first, first + ROWS)));
    this.body.replaceChildren(...sections);
    if (sections.length) this.#fill(sections[0]);
    for (const section of sections) this.observer.observe(section);
  }

  /** Show everything, or the roots alone. */
  collapseAll(collapsed) {
    this.collapsed = new Set(collapsed ? this.tree.spans.filter((node) => node.children.length) : []);
    this.render();
  }

  /** Bring a span into the window, whatever is collapsed above it. */
  goTo(node, { open = false } = {}) {
    for (let above = node.parent; above; above = above.parent) this.collapsed.delete(above);
    if (open) this.open.add(node);
    this.current = node;
    this.render();
    const section = [...this.body.children].find((candidate) => candidate.rows.includes(node));
    this.#fill(section);
    this.#rowOf(section, node).scrollIntoView({ block: "center" });
  }

  #visible() {
    const rows = [];
    const { spans } = this.tree;
    for (let place = 0; place < spans.length; place += 1) {
      rows.push(spans[place]);
      if (this.collapsed.has(spans[place])) place += spans[place].size;
    }
    return rows;
  }

  #section(rows) {
    const section = element("div");
    section.rows = rows;
    section.style.minHeight = `${rows.length * ROW_HEIGHT}px`;
    return section;
  }

  #nearby(entries) {
    for (const { target, isIntersecting } of entries) (isIntersecting ? this.#fill(target) : this.#empty(target));
  }

  #empty(section) {
    // Where the reader's keyboard is stays.
    if (!section.childElementCount || section.contains(document.activeElement)) return;
    section.style.minHeight = `${section.offsetHeight}px`;
    section.replaceChildren();
  }

  #fill(section) {
    if (section.childElementCount) return;
    section.append(...section.rows.flatMap((node) => this.#row(node)));
    section.style.minHeight = "";
  }

  #renderHead() {
    const [from, to] = this.view;
    const marks = Array.from({ length: MARKS }, (_, index) => from + ((to - from) * index) / (MARKS - 1));
    this.head.replaceChildren(
      element("div", { class: "name" }, "Service and operation"),
      element("div", { class: "ticks" }, ...marks.map((mark) => element("span", {}, duration(Math.round(mark))))));
  }

  #row(node) {
    const states = [
      "waterfall__row", "span", series(node.service),
      this.hits.has(node) ? "span--hit" : "", this.current === node ? "span--current" : "",
      this.open.has(node) ? "span--open" : "",
    ];
    const row = element("div",
      { class: states.filter(Boolean).join(" "), id: `span-${node.span.spanID}`, "data-index": node.index },
      element("div", { class: "name", style: { "--depth": Math.min(node.depth, DEEPEST) } },
        this.#toggle(node),
        element("button", { type: "button", class: "span__open truncate", title: node.span.operationName, "aria-expanded": String(this.open.has(node)) },
          element("i", { class: "swatch" }), element("b", {}, node.service), " ", node.span.operationName || "(no name)"),
        ...marksOf(node)),
      element("div", { class: "track" }, ...this.#bar(node)));
    return this.open.has(node) ? [row, spanDetails(node, this.tree)] : [row];
  }

  #toggle(node) {
    if (!node.children.length) return element("span", { class: "span__leaf" });
    const collapsed = this.collapsed.has(node);
    const label = `${collapsed ? "Show" : "Hide"} the ${node.size} below`;
    return element("button",
      { type: "button", class: "span__toggle", "aria-expanded": String(!collapsed), "aria-label": label, title: label },
      collapsed ? "▸" : "▾");
  }

  #bar(node) {
    const [from, to] = this.view;
    if (node.end < from || node.start > to) return [];
    const place = ([start, end]) => {
      const left = (100 * (Math.max(start, from) - from)) / (to - from);
      return { "--start": `${left}%`, "--length": `${Math.max((100 * (Math.min(end, to) - from)) / (to - from) - left, 0)}%` };
    };
    const position = place([node.start, node.end]);
    const name = `bar${node.failed ? " bar--error" : ""}${labelSide(position)}`;
    return [
      element("div", { class: name, style: position }, element("span", {}, duration(node.span.duration))),
      ...(this.critical.get(node) ?? [])
        .filter(([start, end]) => end > from && start < to)
        .map((stretch) => element("div", { class: "critical", style: place(stretch) })),
    ];
  }

  #click(event) {
    const row = event.target.closest(".span");
    const zoomed = event.target.closest("[data-zoom]");
    if (zoomed) {
      const node = this.tree.spans[Number(zoomed.dataset.zoom)];
      this.zoom([node.start, Math.max(node.end, node.start + 1)]);
    } else if (row) {
      const node = this.tree.spans[Number(row.dataset.index)];
      if (event.target.closest(".span__toggle")) this.#flipChildren(node);
      else this.#flipDetails(row.parentElement, node);
    }
  }

  #flipChildren(node) {
    flip(this.collapsed, node);
    this.render();
    const section = [...this.body.children].find((candidate) => candidate.rows.includes(node));
    this.#fill(section);
    this.#rowOf(section, node).querySelector(".span__toggle").focus({ preventScroll: true });
  }

  #flipDetails(section, node) {
    flip(this.open, node);
    const row = this.#rowOf(section, node);
    if (row.nextElementSibling?.classList.contains("details")) row.nextElementSibling.remove();
    row.replaceWith(...this.#row(node));
    this.#rowOf(section, node).querySelector(".span__open").focus({ preventScroll: true });
  }

  #rowOf(section, node) {
    return section.querySelector(`[data-index="${node.index}"]`);
  }
}

function flip(set, member) {
  if (!set.delete(member)) set.add(member);
}

function labelSide(position) {
  const start = Number.parseFloat(position["--start"]);
  if (start + Number.parseFloat(position["--length"]) <= LATE) return "";
  return start < EARLY ? " bar--full" : " bar--late";
}

function marksOf(node) {
  const marks = [];
  if (node.failed) marks.push(element("span", { class: "badge badge--error" }, "error"));
  if (node.note) marks.push(element("span", { class: "badge badge--warn" }, node.note));
  return marks;
}
