/** Meridians and parallels, to tell by where one is when there is nothing else to see. */

const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/** Pixels between two lines, at least. */
const GAP = 110;
/** Degrees; beyond them the map shows nothing. */
const FARTHEST = { lat: 85, lon: 900 };

/** Draw lines into a pane, anew whenever the map shows something else; `drawn` needs no names. */
export function drawGraticule(map, { pane, names, renderer, drawn }) {
  const layer = L.layerGroup().addTo(map);
  const draw = () => {
    layer.clearLayers();
    const bounds = map.getBounds();
    const step = stepFor(map.getSize().x / (bounds.getEast() - bounds.getWest()));
    for (const lon of between(bounds.getWest(), bounds.getEast(), step, FARTHEST.lon)) {
      add([[-FARTHEST.lat, lon], [FARTHEST.lat, lon]], [bounds.getSouth(), lon], written(lon, "E", "W"), "lon");
    }
    for (const lat of between(bounds.getSouth(), bounds.getNorth(), step, FARTHEST.lat)) {
      const [west, east] = [bounds.getWest() - 1, bounds.getEast() + 1];
      add([[lat, west], [lat, east]], [lat, bounds.getWest()], written(lat, "N", "S"), "lat");
    }
  };
  const add = (line, at, text, axis) => {
    const className = "ground ground--graticule";
    L.polyline(line, { pane, renderer, className, interactive: false }).addTo(layer).bringToBack();
    if (drawn.contains(at)) return;
    const html = document.createElement("span");
    html.textContent = text;
    const icon = L.divIcon({ className: `name name--degrees name--${axis}`, html, iconSize: [0, 0] });
    L.marker(at, { pane: names, icon, interactive: false, keyboard: false }).addTo(layer);
  };
  map.on("moveend", draw);
  draw();
}

function stepFor(pixelsPerDegree) {
  const wide = STEPS.filter((step) => step * pixelsPerDegree >= GAP);
  return wide.at(-1) ?? STEPS[0];
}

function between(from, to, step, farthest) {
  const found = [];
  const last = Math.floor(Math.min(to, farthest) / step);
  for (let n = Math.ceil(Math.max(from, -farthest) / step); n <= last; n += 1) found.push(n * step);
  return found;
}

function written(degrees, positive, negative) {
  const turned = Math.abs(degrees) > 180 ? degrees - 360 * Math.sign(degrees) : degrees;
  const number = Number(Math.abs(turned).toFixed(2));
  return `${number}°${turned > 0 ? ` ${positive}` : turned < 0 ? ` ${negative}` : ""}`;
}
