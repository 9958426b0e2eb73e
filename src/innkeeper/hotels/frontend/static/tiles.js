/** OpenStreetMap's tiles, laid over the own base map when they can be had. */

const ADDRESS = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const ATTRIBUTION =
  '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
/** A tile that every visitor of this map sees: the middle of the city. */
const PROBE = "https://tile.openstreetmap.org/12/655/1583.png";
const PATIENCE_MS = 4000;

/** Resolves to the tile layer once it lies on the map, or to null when tiles cannot be had. */
export async function layTiles(map) {
  if (!(await reachable())) return null;
  return L.tileLayer(ADDRESS, { maxZoom: 19, attribution: ATTRIBUTION }).addTo(map);
}

/** One request decides, so that a machine without internet is not asked for dozens. */
function reachable() {
  if (!navigator.onLine) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = new Image();
    const giveUp = setTimeout(() => resolve(false), PATIENCE_MS);
    const settle = (answer) => () => {
      clearTimeout(giveUp);
      resolve(answer);
    };
    probe.onload = settle(true);
    probe.onerror = settle(false);
    probe.referrerPolicy = "strict-origin-when-cross-origin";
    probe.src = PROBE;
  });
}
