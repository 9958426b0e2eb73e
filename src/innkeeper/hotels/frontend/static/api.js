/** Asks this server for hotels. */

/**
 * What went wrong, in words for people; `parameter` names what was asked for wrongly, `retryAfter`
 * is in seconds when the server named it.
 */
export class Problem extends Error {
  constructor(message, { status = 0, parameter = null, retryAfter = null } = {}) {
    super(message);
    this.status = status;
    this.parameter = parameter;
    this.retryAfter = retryAfter;
  }
}

/** How many hotels come at once. */
const PAGE = "50";
/** A page may be empty and still have a next one: so many are turned by themselves. */
const MOST_EMPTY_PAGES = 10;

/** The first hotels that a query finds. Throws a Problem when there is no answer to show. */
export function findHotels(query, signal) {
  const asked = new URLSearchParams(query);
  asked.set("limit", PAGE);
  // Popups show all of them, and the form offers their types of room.
  asked.set("plans", "all");
  return ask(`/hotels?${asked}`, signal);
}

/** Whether a query finds any hotel. */
export async function findsAny(query, signal) {
  const asked = new URLSearchParams(query);
  asked.set("limit", "1");
  const { hotels } = await ask(`/hotels?${asked}`, signal);
  return hotels.length > 0;
}

/** The hotels that follow those of an answer, from its `next`. */
export function findMore(next, signal) {
  return ask(next, signal);
}

async function ask(address, signal) {
  let answer = await askOnce(address, signal);
  for (let turned = 0; answer.hotels.length === 0 && answer.next && turned < MOST_EMPTY_PAGES; turned += 1) {
    answer = await askOnce(answer.next, signal);
  }
  return answer;
}

async function askOnce(address, signal) {
  const started = performance.now();
  const response = await send(address, signal);
  if (!response.ok) throw await problemOf(response);
  const answer = await response.json();
  return {
    hotels: answer.features.map(hotelOf),
    /** How many hotels the order is over, when it is not over all of them. */
    rankedOnly: answer.ranked && !answer.ranked.complete ? answer.ranked.candidates : null,
    next: answer.next ?? null,
    traceUrl: traceLink(response.headers.get("Link")),
    milliseconds: performance.now() - started,
  };
}

async function send(address, signal) {
  try {
    // `b3` asks for a trace, so that there is one to link to however busy the server is.
    const headers = { Accept: "application/geo+json, application/json", b3: "1" };
    return await fetch(address, { signal, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("");
  }
}

/** Reads application/problem+json (RFC 9457), or makes do with the status. */
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem(problem.detail || problem.title || `HTTP ${response.status}`, {
    status: response.status,
    parameter: problem.parameter ?? null,
    retryAfter: Number.isFinite(seconds) ? Math.max(seconds, 1) : null,
  });
}

/** The target of `rel="trace"` in a Link header (RFC 8288). */
export function traceLink(header) {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^,]*)/g)) {
    if (/;\s*rel="?trace"?\s*(;|$)/.test(parameters)) return target;
  }
  return null;
}

/** One feature of the answer as the page uses it. */
function hotelOf({ id, geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const address = properties.address ?? {};
  return {
    id: String(id),
    lat,
    lon,
    name: properties.name,
    phone: properties.phone_number ?? "",
    street: address.street ?? "",
    city: [address.city, [address.state, address.postal_code].filter(Boolean).join(" ")]
      .filter(Boolean)
      .join(", "),
    description: properties.description ?? "",
    descriptionLocale: properties.locale || null,
    image: properties.images?.[0] ?? null,
    rating: properties.rating || null,
    distance: properties.distance ?? null,
    bookable: properties.bookable,
    /** In the currency asked for, where there is a rate; `ownPrice` is then the hotel's. */
    price: properties.converted_price ?? properties.price,
    ownPrice: properties.converted_price ? properties.price : null,
    plans: properties.plans.map((plan) => planOf(plan, properties.converted_price?.currency)),
  };
}

function planOf({ code, room_type, max_adults, total_price, converted_total, currency }, converted) {
  const price = { amount: total_price, currency };
  return {
    room: room_type.name || code,
    maxAdults: max_adults,
    price: converted_total ? { amount: converted_total, currency: converted } : price,
    ownPrice: converted_total ? price : null,
  };
}
