import { byId } from "./dom.js";

/**
 * The search field and the choice of health above a list. Both stand in the address, so that a
 * filtered list can be shared and survives a reload. "/" puts the cursor into the field.
 */
export class Finder {
  constructor({ label, withHealth = true }, changed) {
    this.form = byId("finder");
    this.needle = byId("needle");
    this.status = byId("status");
    byId("needle-label").textContent = label;
    byId("status-field").hidden = !withHealth;
    const given = new URLSearchParams(location.search);
    this.needle.value = given.get("q") ?? "";
    this.status.value = given.get("status") ?? "";
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => {
      this.#remember();
      changed();
    });
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  /** Whether anything is asked for. */
  get active() {
    return Boolean(this.needle.value.trim() || this.status.value);
  }

  /** Whether something with these texts and this health is asked for. Every word must be found. */
  matches(texts, status) {
    if (this.status.value && status !== this.status.value) return false;
    const hay = texts.join("\n").toLowerCase();
    return this.needle.value.toLowerCase().split(/\s+/).every((word) => hay.includes(word));
  }

  clear() {
    this.needle.value = "";
    this.status.value = "";
    this.form.dispatchEvent(new Event("input"));
    this.needle.focus();
  }

  #remember() {
    const query = new URLSearchParams();
    if (this.needle.value.trim()) query.set("q", this.needle.value.trim());
    if (this.status.value) query.set("status", this.status.value);
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  }

  #shortcut(event) {
    const typing = event.target.closest("input, select, textarea");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.needle.focus();
    this.needle.select();
  }
}
