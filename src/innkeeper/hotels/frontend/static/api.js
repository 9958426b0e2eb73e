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

/** The first hotels that a query finds. Throws a Problem when there is no answer to show. */
export function findHotels(query, signal) {
  return ask(`/hotels?${query}`, signal);
}

/** The hotels that follow those of an answer, from its `next`. */
export function findMore(next, signal) {
  return ask(next, signal);
}

async function ask(address, signal) {
  const started = performance.now();
  const response = await send(address, signal);
  if (!response.ok) throw await problemOf(response);
  const answer = await response.json();
  const links = response.headers.get("Link");
  return {
    hotels: answer.features.map(hotelOf),
    next: linkTo("next", links),
    traceUrl: linkTo("trace", links),
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

/** The target of a relation, such as `rel="next"`, in a Link header (RFC 8288). */
export function linkTo(relation, header) {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^,]*)/g)) {
    const [, said] = /;\s*rel="?([^";]*)"?/.exec(parameters) ?? [];
    if (said?.trim() === relation) return target;
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
    price: properties.price ?? null,
    plans: properties.plans ?? [],
  };
}
