/**
 * The map's ground when there is no internet: San Francisco, drawn for Innkeeper.
 *
 * It lies in panes of its own below Leaflet's tiles, so that tiles, when they come, cover it.
 * Colours and widths are in page.css; widths follow the zoom through --road.
 */

import { drawGraticule } from "./graticule.js";

const GROUND = "ground";
const NAMES = "names";
/** What the drawing covers; elsewhere the ground is bare, with meridians and parallels on it. */
const DRAWN = [[37.2, -122.9], [38.2, -121.9]];
/** Streets and bridges are drawn twice: a wide casing below, the surface on top. */
const CASED = new Set(["road", "avenue", "highway", "bridge"]);

export async function drawBasemap(map) {
  const response = await fetch("/static/basemap/san-francisco.json");
  const drawing = await response.json();
  for (const [index, name] of [GROUND, NAMES].entries()) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(150 + index);
    pane.setAttribute("aria-hidden", "true");
  }
  const renderer = L.svg({ pane: GROUND, padding: 0.6 });

  drawGraticule(map, { pane: GROUND, names: NAMES, renderer, drawn: L.latLngBounds(DRAWN) });
  L.rectangle(DRAWN, { renderer, pane: GROUND, interactive: false, className: "ground ground--water" }).addTo(map);
  const shapes = drawing.features.filter(({ properties }) => properties.kind !== "label");
  const draw = (features, suffix = "") =>
    L.geoJSON(features, {
      renderer,
      pane: GROUND,
      interactive: false,
      style: ({ properties }) => ({ className: `ground ground--${properties.kind}${suffix}` }),
    }).addTo(map);
  const [cased, plain] = partition(shapes, ({ properties }) => CASED.has(properties.kind));
  draw(plain);
  draw(cased, "-casing");
  draw(cased);

  writeNames(map, drawing.features.filter(({ properties }) => properties.kind === "label"));
  const scale = () => {
    map.getContainer().style.setProperty("--road", String(2 ** ((map.getZoom() - 14) * 0.75)));
  };
  map.on("zoomend", scale);
  scale();
}

/** Names appear from the zoom at which they have room. */
function writeNames(map, labels) {
  const names = labels.map(({ properties, geometry }) => {
    const [lon, lat] = geometry.coordinates;
    const text = document.createElement("span");
    text.textContent = properties.name;
    if (properties.angle) text.style.rotate = `${properties.angle}deg`;
    const marker = L.marker([lat, lon], {
      pane: NAMES,
      interactive: false,
      keyboard: false,
      icon: L.divIcon({ className: `name name--${properties.class}`, html: text, iconSize: [0, 0] }),
    });
    return { marker, from: properties.from ?? 0, to: properties.to ?? Infinity };
  });
  const show = () => {
    const zoom = map.getZoom();
    for (const { marker, from, to } of names) {
      if (zoom >= from && zoom <= to) marker.addTo(map);
      else marker.remove();
    }
  };
  map.on("zoomend", show);
  show();
}

function partition(items, test) {
  return [items.filter(test), items.filter((item) => !test(item))];
}
