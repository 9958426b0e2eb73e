/** One of the look's eight colours for each service, the same on every page. */

const SERIES = 8;
const given = new Map();

/** The class that sets the service's colour. Services that are known from the start rarely clash. */
export function series(service) {
  if (!given.has(service)) given.set(service, (given.size % SERIES) + 1);
  return `series-${given.get(service)}`;
}

/** Give out the colours in the order of the names, so that each page gives the same. */
export function assign(services) {
  for (const service of [...services].sort()) series(service);
}

/** What --series is on an element of that class; for canvases, which know no classes. */
export function colourOf(service) {
  const probe = document.createElement("i");
  probe.className = series(service);
  document.body.append(probe);
  const colour = getComputedStyle(probe).getPropertyValue("--series");
  probe.remove();
  return colour.trim();
}
