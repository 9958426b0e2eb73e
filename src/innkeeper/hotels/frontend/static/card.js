import { element, safeUrl } from "./dom.js";

/** Shown when a hotel has no picture, or its picture does not load. */
const SOME_FACADE = "/static/hotels/facade-1.svg";

/** What a hotel's popup holds. */
export function hotelCard(hotel, stayNights, speaker) {
  return element(
    "article",
    { class: "room-card", "data-hotel": hotel.id, "aria-label": hotel.name },
    picture(hotel, { class: "room-card__image" }),
    element(
      "div",
      { class: "room-card__body" },
      element("h2", { tabindex: "-1" }, hotel.name),
      rating(hotel, speaker),
      element("address", {}, hotel.street, element("br"), hotel.city),
      hotel.phone && element("p", {}, phoneLink(hotel.phone)),
      hotel.description &&
        element("p", { class: "room-card__text", lang: hotel.descriptionLocale }, hotel.description),
      hotel.bookable ? rooms(hotel, stayNights, speaker) : noRooms(speaker),
    ),
  );
}

function rooms(hotel, stayNights, speaker) {
  return [
    element("h3", {}, speaker.say("rooms"), ", ", speaker.say("perStay", { n: stayNights })),
    element("ul", { class: "plans" }, hotel.plans.map((plan) => planItem(plan, speaker))),
  ];
}

function noRooms(speaker) {
  return element("p", { class: "notice notice--info" }, speaker.say("noRoom"));
}

function planItem(plan, speaker) {
  return element(
    "li",
    {},
    element("span", {}, plan.room),
    element("span", { class: "muted small" }, speaker.say("adults", { n: plan.maxAdults }), own(plan, speaker)),
    element("b", { class: "num" }, amount(plan.price, speaker)),
  );
}

/** The hotel's first image, or a facade when there is none that loads. */
export function picture(hotel, attributes) {
  const image = element("img", {
    ...attributes,
    src: (hotel.image && safeUrl(hotel.image.url)) || SOME_FACADE,
    alt: hotel.image?.alt ?? "",
    loading: "lazy",
  });
  image.addEventListener("error", () => { image.src = SOME_FACADE; }, { once: true });
  return image;
}

export function rating(hotel, speaker) {
  if (!hotel.rating) return null;
  return element(
    "p",
    { class: "rating" },
    element("span", { "aria-hidden": "true" }, "★ ", speaker.rating(hotel.rating)),
    element("span", { class: "visually-hidden" }, speaker.say("rated", { n: speaker.rating(hotel.rating) })),
  );
}

function phoneLink(number) {
  return element("a", { href: `tel:${number.replace(/[^+\d]/g, "")}` }, number);
}

/** The cheapest price for the stay, as it stands on the markers; nothing when there is none. */
export function cheapest({ price }, speaker) {
  return price ? amount(price, speaker) : "";
}

/** The same for a marker, where an amount that is converted anyway is short. */
export function onTag({ price, ownPrice }, speaker) {
  if (!price) return "–";
  return ownPrice ? speaker.price(Math.round(price.amount), price.currency) : amount(price, speaker);
}

/** What the hotel asks for itself, where that is said in another currency. */
export function own({ ownPrice }, speaker) {
  return ownPrice && ` · ${amount(ownPrice, speaker)}`;
}

function amount({ amount, currency }, speaker) {
  return speaker.price(amount, currency);
}

/** A hotel in a few words, for those who do not see the map. */
export function inWords(hotel, speaker) {
  const price = cheapest(hotel, speaker);
  return `${hotel.name}, ${price ? speaker.say("from", { price }) : speaker.say("noRates")}`;
}
