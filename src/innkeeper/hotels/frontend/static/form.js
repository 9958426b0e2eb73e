import { addDays, MOST_NIGHTS } from "./stay.js";
import { element } from "./dom.js";
import { filtersSet } from "./view.js";

/** The form that says what is asked for. */
export class SearchForm {
  /** `onAsk(view)` when what is asked for changed, `onSpeak(locale)` when the language did. */
  constructor(root, { onAsk, onSpeak }) {
    this.root = root;
    this.onAsk = onAsk;
    this.filters = root.querySelector("#filters");
    this.filtersButton = root.querySelector("#filters-button");
    this.filtersButton.addEventListener("click", () => this.#open(this.filters.hidden));
    const fields = root.elements;
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
    root.addEventListener("change", ({ target }) => {
      if (target === fields.locale) onSpeak(target.value);
      // Words are asked for with Enter, and an arrival moves the departure along first.
      else if (target !== fields.q && target !== fields.inDate) this.#ask();
    });
    // What clears the field in browsers that show a cross in it.
    fields.q.addEventListener("search", () => {
      if (fields.q.value === "" && this.shown?.q) this.#ask();
    });
  }

  show(view, speaker) {
    this.shown = view;
    for (const field of this.root.elements) {
      if (!field.name || field === this.root.elements.locale) continue;
      if (field.type === "checkbox") field.checked = view[field.name] === field.value;
      else field.value = view[field.name] ?? "";
    }
    const { outDate, locale, minRating, bookable } = this.root.elements;
    // What has no price has no place in an order by price.
    bookable.disabled = view.sort === "price";
    outDate.min = addDays(view.inDate, 1);
    outDate.max = addDays(view.inDate, MOST_NIGHTS);
    locale.value = speaker.locale;
    for (const option of minRating.options) {
      if (option.value) option.text = speaker.say("ratingFrom", { n: speaker.rating(Number(option.value)) });
    }
    const count = filtersSet(view);
    this.filtersButton.textContent =
      count > 0 ? speaker.say("filtersSet", { n: count }) : speaker.say("filters");
    this.clearErrors();
  }

  /** Offer the types of room that these hotels have. */
  suggestRooms(hotels) {
    const names = new Set(hotels.flatMap(({ plans }) => plans.map(({ room }) => room)));
    const options = [...names].sort().map((value) => element("option", { value }));
    this.root.querySelector("datalist").replaceChildren(...options);
  }

  /** Say what is wrong beside the field; answers whether there is a field of that name. */
  showError(name, text) {
    const field = name && this.root.elements[name];
    if (!field) return false;
    const id = `${field.id}-error`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    field.closest(".field").append(element("p", { id, class: "field__error", role: "alert" }, text));
    if (this.filters.contains(field)) this.#open(true);
    return true;
  }

  clearErrors() {
    for (const error of this.root.querySelectorAll(".field__error")) error.remove();
    for (const field of this.root.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
  }

  #open(open) {
    this.filters.hidden = !open;
    this.filtersButton.setAttribute("aria-expanded", String(open));
  }

  #ask() {
    const said = Object.fromEntries(
      [...new FormData(this.root)].map(([name, value]) => [name, value.trim()]),
    );
    delete said.locale;
    // People write 99,50 where the API has 99.50.
    for (const name of ["minPrice", "maxPrice"]) said[name] = said[name].replace(",", ".");
    // An unticked box says nothing by itself.
    const { bookable } = this.root.elements;
    const catalogue = bookable.checked && said.sort !== "price";
    this.onAsk({ ...said, bookable: catalogue ? bookable.value : "" });
  }
}
