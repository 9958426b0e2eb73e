/** Finds spans in the trace and steps through them. */

import { byId } from "./dom.js";
import { count } from "./format.js";
import { searchText } from "./span-details.js";

const PAUSE = 150;

export class Finder {
  constructor(tree, waterfall) {
    this.tree = tree;
    this.waterfall = waterfall;
    this.texts = null;
    this.found = [];
    this.place = -1;
    let waiting = 0;
    byId("needle").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#search(), PAUSE);
    });
    byId("find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.step(1);
    });
    byId("previous").addEventListener("click", () => this.step(-1));
    this.#say();
  }

  /** Make these the spans to step through. */
  take(found) {
    this.found = found;
    this.place = -1;
    this.waterfall.hits = new Set(found);
    this.waterfall.current = null;
    this.waterfall.render();
    this.#say();
  }

  /** Go on by so many hits, round the end. */
  step(by) {
    const { length } = this.found;
    if (!length) return;
    this.place = this.place < 0 && by < 0 ? length - 1 : (this.place + by + length) % length;
    this.waterfall.goTo(this.found[this.place]);
    this.#say();
  }

  #search() {
    const needle = byId("needle").value.trim().toLowerCase();
    this.texts ??= this.tree.spans.map(searchText);
    this.take(needle ? this.tree.spans.filter((node) => this.texts[node.index].includes(needle)) : []);
    if (needle) this.step(1);
  }

  #say() {
    const { length } = this.found;
    const sought = byId("needle").value.trim() !== "";
    const words = length ? `${count(this.place + 1)} of ${count(length)}` : "none";
    byId("hits").textContent = length || sought ? words : "";
    byId("previous").disabled = !length;
    byId("next").disabled = !length;
  }
}
