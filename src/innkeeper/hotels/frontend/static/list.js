import { cheapest, own, picture, rating } from "./card.js";
import { element } from "./dom.js";

/** The hotels beside the map. */
export class HotelList {
  /** `onPoint(id | null)` when an item is hovered or focused, `onOpen(id)` when it is chosen. */
  constructor(root, { onPoint, onOpen }) {
    this.root = root;
    this.onPoint = onPoint;
    this.onOpen = onOpen;
  }

  show(hotels, stayNights, speaker) {
    this.root.replaceChildren(...hotels.map((hotel) => this.#item(hotel, stayNights, speaker)));
    this.root.scrollTop = 0;
  }

  /** Put more hotels below those that are shown; the keyboard goes on with the first of them. */
  add(hotels, stayNights, speaker) {
    const items = hotels.map((hotel) => this.#item(hotel, stayNights, speaker));
    this.root.append(...items);
    items[0]?.querySelector("button").focus({ preventScroll: true });
  }

  /** Grey shapes where the hotels will be. */
  showWaiting() {
    const shapes = Array.from({ length: 6 }, () =>
      element("li", { class: "hotel hotel--waiting", "aria-hidden": "true" }, element("i"), element("b")),
    );
    this.root.replaceChildren(...shapes);
  }

  /** Mark the hotel that is pointed at on the map; null marks none. */
  point(id) {
    for (const item of this.root.children) {
      item.classList.toggle("is-pointed", id !== null && item.dataset.hotel === id);
    }
  }

  /** Mark the hotel whose popup is open and bring it into view; null marks none. */
  choose(id) {
    for (const item of this.root.children) {
      const chosen = id !== null && item.dataset.hotel === id;
      item.classList.toggle("is-chosen", chosen);
      item.querySelector("button")?.setAttribute("aria-pressed", String(chosen));
      if (chosen && isScrollable(this.root)) item.scrollIntoView({ block: "nearest" });
    }
  }

  #item(hotel, stayNights, speaker) {
    const point = () => this.onPoint(hotel.id);
    const unpoint = () => this.onPoint(null);
    const distance =
      hotel.distance !== null &&
      speaker.say("fromCentre", { distance: speaker.distance(hotel.distance) });
    return element(
      "li",
      {
        class: hotel.bookable ? "hotel" : "hotel hotel--unbookable",
        "data-hotel": hotel.id,
        onmouseenter: point,
        onmouseleave: unpoint,
        onfocusin: point,
        onfocusout: unpoint,
      },
      picture({ ...hotel, image: hotel.image && { ...hotel.image, alt: "" } }, { class: "hotel__image" }),
      element(
        "div",
        { class: "hotel__text" },
        element(
          "h2",
          {},
          element(
            "button",
            { type: "button", "aria-pressed": "false", onclick: () => this.onOpen(hotel.id) },
            hotel.name,
          ),
        ),
        element(
          "p",
          { class: "hotel__facts small muted" },
          element("span", {}, hotel.street),
          hotel.phone && element("span", { class: "nowrap" }, hotel.phone),
        ),
        element(
          "div",
          { class: "hotel__facts small" },
          rating(hotel, speaker),
          distance && element("span", { class: "muted" }, distance),
        ),
      ),
      hotel.bookable ? price(hotel, stayNights, speaker) : noPrice(speaker),
    );
  }
}

function price(hotel, stayNights, speaker) {
  return element(
    "p",
    { class: "hotel__price" },
    element("b", { class: "num" }, cheapest(hotel, speaker)),
    element("span", { class: "small muted" }, speaker.say("perStay", { n: stayNights }), own(hotel, speaker)),
  );
}

function noPrice(speaker) {
  return element("p", { class: "hotel__price" }, element("span", { class: "muted" }, speaker.say("noRates")));
}

function isScrollable(root) {
  return root.scrollHeight > root.clientHeight && getComputedStyle(root).overflowY !== "visible";
}
