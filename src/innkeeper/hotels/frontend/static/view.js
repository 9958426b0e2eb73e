/**
 * What is asked for. The page's address and the request to the API say it in the same words, so
 * that whatever is on the page can be sent to somebody, or asked for with curl.
 */

import { stayFrom } from "./stay.js";

/** What narrows a search, beside the place and the stay. */
export const FILTERS = ["adults", "rooms", "minPrice", "maxPrice", "currency", "minRating", "roomType", "bookable"];
/** Where to search. */
const PLACE = ["q", "bbox", "lat", "lon", "radius"];
const WORLD = "-180,-90,180,90";
const OPTIONAL = [...PLACE, "sort", ...FILTERS];

/** The stay is always there; of the rest only what is set. */
export function viewFrom(query) {
  const view = stayFrom(query);
  for (const name of OPTIONAL) {
    const value = query.get(name)?.trim();
    if (value) view[name] = value;
  }
  return view;
}

/** As it stands in an address. */
export function queryOf(view, locale) {
  const { inDate, outDate } = view;
  const query = new URLSearchParams({ inDate, outDate, locale });
  for (const name of OPTIONAL) if (view[name]) query.set(name, view[name]);
  return query;
}

/** The view without what narrows it. */
export function withoutFilters(view) {
  return without(view, FILTERS);
}

/** The view, of everywhere: where its words lead to, else the whole world. */
export function anywhere(view) {
  const nowhere = without(view, PLACE);
  return view.q ? { ...nowhere, q: view.q } : { ...nowhere, bbox: WORLD };
}

/** The view, with hotels that cannot be booked; what has no price has no place in an order by it. */
export function catalogueOf(view) {
  const { sort, ...rest } = view;
  return { ...rest, ...(sort && sort !== "price" && { sort }), bookable: "any" };
}

/** Whether the view says where to search; else the API searches around its own default. */
export function saysWhere(view) {
  return PLACE.some((name) => view[name]);
}

/** Whether two views are of the same place. */
export function samePlace(one, other) {
  return PLACE.every((name) => (one[name] ?? "") === (other[name] ?? ""));
}

export function filtersSet(view) {
  return FILTERS.filter((name) => view[name]).length;
}

/** An area as the API writes it; null when it is the world, or cannot be read. */
export function areaOf({ bbox }) {
  if (bbox === WORLD) return null;
  const sides = (bbox ?? "").split(",").map(Number);
  if (sides.length !== 4 || !sides.every(Number.isFinite)) return null;
  const [west, south, east, north] = sides;
  return { west, south, east, north };
}

/** Whether there is a centre that it means something to be near to. */
export function hasCentre({ bbox, q, lat }) {
  return bbox !== WORLD && (!q || Boolean(bbox || lat));
}

/** Five digits are about a metre. */
export function bboxOf({ west, south, east, north }) {
  return [west, south, east, north].map((side) => Number(side.toFixed(5))).join(",");
}

function without(view, names) {
  return Object.fromEntries(Object.entries(view).filter(([name]) => !names.includes(name)));
}
