import { drawBasemap } from "./basemap.js";
import { inWords, onTag } from "./card.js";
import { element } from "./dom.js";
import { layTiles } from "./tiles.js";

const CITY = [37.7775, -122.4194];
/** The poles are beyond this map; east and west of it the world comes again. */
const WORLD = [[-85, -Infinity], [85, Infinity]];
/** Pixels at the right that they take. */
const ZOOM_BUTTONS = 40;
const CREDIT = '<a href="https://leafletjs.com">Leaflet</a>';

/** The hotels on a Leaflet map. The Google map has the same methods. */
export class LeafletMap {
  /**
   * `onPoint(id | null)` when a marker is hovered or focused; `onOpen(id)` and `onClose()` when a
   * popup comes and goes; `onMove()` when the reader moved the map; `card(hotel)` makes a popup's
   * content.
   */
  constructor(root, { onPoint, onOpen, onClose, onMove, card }) {
    this.handlers = { onPoint, onOpen, onClose };
    this.card = card;
    this.hotels = [];
    this.markers = new Map();
    /** Pixels of the widest price tag. */
    this.widest = 0;
    this.quiet = false;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(root, {
      center: CITY,
      zoom: 14,
      maxZoom: 18,
      zoomSnap: 0.25,
      maxBounds: WORLD,
      worldCopyJump: true,
      zoomControl: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      inertia: !still,
    });
    this.map.attributionControl.setPrefix(CREDIT);
    this.map.on("zoomend resize", () => this.#makeRoom());
    // To make room for a popup is no wish of the reader.
    this.map.on("autopanstart", () => { this.quiet = true; });
    this.map.on("moveend", () => {
      this.#turn();
      if (!this.quiet) onMove();
      this.quiet = false;
    });
    // Leaflet hears the key only while the map itself has the focus, not a popup's content.
    root.addEventListener("keydown", ({ key }) => key === "Escape" && this.map.closePopup());
    new ResizeObserver(() => this.#quietly(() => this.map.invalidateSize({ pan: false }))).observe(root);
    this.#layGround();
  }

  /** Show these hotels alone. `area` is seen whole, else all hotels; with `still` nothing moves. */
  show(hotels, speaker, { area = null, still = false } = {}) {
    this.#speak(speaker);
    this.map.closePopup();
    for (const marker of this.markers.values()) marker.remove();
    this.hotels = [];
    this.markers = new Map();
    this.add(hotels, speaker);
    if (!still) this.#frame(area);
  }

  /** Show more hotels beside those that are there. */
  add(hotels, speaker) {
    this.hotels = [...this.hotels, ...hotels];
    for (const hotel of hotels) this.markers.set(hotel.id, this.#marker(hotel, speaker));
    this.#makeRoom();
  }

  /** What the map shows now, in degrees. */
  area() {
    const bounds = this.map.getBounds();
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    return {
      west: east - west >= 360 ? -180 : turned(west),
      south: Math.max(bounds.getSouth(), -90),
      east: east - west >= 360 ? 180 : turned(east),
      north: Math.min(bounds.getNorth(), 90),
    };
  }

  /** Raise a hotel's marker; null raises none. */
  point(id) {
    for (const [other, marker] of this.markers) {
      marker.getElement().classList.toggle("is-pointed", other === id);
      marker.setZIndexOffset(other === id ? 2000 : 0);
    }
  }

  open(id) {
    this.markers.get(id)?.openPopup();
  }

  #marker(hotel, speaker) {
    const tag = element("span", { class: "key-tag" }, onTag(hotel, speaker));
    const className = hotel.bookable ? "marker" : "marker marker--unbookable";
    const marker = L.marker([hotel.lat, this.#nearest(hotel.lon)], {
      icon: L.divIcon({ className, html: tag, iconSize: [0, 0], popupAnchor: [0, -32] }),
      riseOnHover: true,
    });
    marker.bindPopup(() => this.card(hotel), {
      className: "popup",
      maxWidth: 312,
      minWidth: 264,
      autoPanPadding: [12, 12],
    });
    marker.addTo(this.map);
    const { onPoint, onOpen, onClose } = this.handlers;
    const made = marker.getElement();
    made.setAttribute("aria-label", inWords(hotel, speaker));
    made.dataset.hotel = hotel.id;
    made.addEventListener("focus", () => onPoint(hotel.id));
    made.addEventListener("blur", () => onPoint(null));
    marker.on("mouseover", () => onPoint(hotel.id));
    marker.on("mouseout", () => onPoint(null));
    marker.on("popupopen", () => {
      made.classList.add("is-chosen");
      this.#fitPopup(marker.getPopup(), speaker);
      onOpen(hotel.id);
    });
    marker.on("popupclose", () => {
      made.classList.remove("is-chosen");
      onClose(hotel.id);
    });
    return marker;
  }

  /** A popup is never higher than the map; its text scrolls. */
  #fitPopup(popup, speaker) {
    const height = Math.max(this.map.getSize().y - 72, 160);
    if (popup.options.maxHeight !== height) {
      popup.options.maxHeight = height;
      popup.update();
    }
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", speaker.say("close"));
  }

  #frame(area) {
    const points = area
      ? [[area.south, area.west], [area.north, area.east + (area.east < area.west ? 360 : 0)]]
      : together(this.hotels);
    if (points.length === 0) return;
    const aside = Math.min(this.widest / 2 + 12, this.map.getSize().x / 4);
    const room = {
      paddingTopLeft: area ? [0, 0] : [aside, 56],
      paddingBottomRight: area ? [0, 0] : [aside + ZOOM_BUTTONS, 32],
      maxZoom: area ? 18 : 16,
      animate: false,
    };
    this.#quietly(() => this.map.fitBounds(points, room));
  }

  /** Move the map without taking it for a wish of the reader. */
  #quietly(move) {
    this.quiet = true;
    move();
    this.quiet = false;
  }

  /** Of the worlds side by side, each hotel is in the one that is seen. */
  #turn() {
    let turned = false;
    for (const marker of this.markers.values()) {
      const { lat, lng } = marker.getLatLng();
      if (lng === this.#nearest(lng)) continue;
      marker.setLatLng([lat, this.#nearest(lng)]);
      turned = true;
    }
    if (turned) this.#makeRoom();
  }

  #nearest(longitude) {
    return longitude + 360 * Math.round((this.map.getCenter().lng - longitude) / 360);
  }

  /** Where two price tags would overlap, the hotel farther down the list shrinks to a dot. */
  #makeRoom() {
    // In the order of the list.
    const markers = [...this.markers.values()];
    // First all changes, then all measures: in turns, each measure would lay out the page anew.
    for (const marker of markers) marker.getElement().classList.remove("marker--dot");
    const boxes = markers.map((marker) => this.#box(marker));
    this.widest = Math.max(0, ...boxes.map(({ left, right }) => right - left));
    const taken = [];
    const crowded = markers.filter((_, n) => {
      const overlaps = taken.some((other) => overlap(boxes[n], other));
      if (!overlaps) taken.push(boxes[n]);
      return overlaps;
    });
    for (const marker of crowded) marker.getElement().classList.add("marker--dot");
  }

  #box(marker) {
    const { x, y } = this.map.latLngToLayerPoint(marker.getLatLng());
    const tag = marker.getElement().firstElementChild;
    const [halfWidth, height] = [tag.offsetWidth / 2 - 2, tag.offsetHeight - 2];
    return { left: x - halfWidth, right: x + halfWidth, top: y - height, bottom: y };
  }

  #speak(speaker) {
    this.zoom?.remove();
    this.zoom = L.control
      .zoom({ position: "topright", zoomInTitle: speaker.say("zoomIn"), zoomOutTitle: speaker.say("zoomOut") })
      .addTo(this.map);
    if (this.tiles) return;
    if (this.ownCredit) this.map.attributionControl.removeAttribution(this.ownCredit);
    this.ownCredit = speaker.say("ownMap");
    this.map.attributionControl.addAttribution(this.ownCredit);
  }

  async #layGround() {
    await drawBasemap(this.map).catch((error) => console.warn("no base map:", error.message));
    this.tiles = await layTiles(this.map);
    if (this.tiles && this.ownCredit) this.map.attributionControl.removeAttribution(this.ownCredit);
  }
}

function overlap(one, other) {
  return (
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
  );
}

/** Where the hotels are, east of the widest gap between them: the date line may be in their midst. */
function together(hotels) {
  const longitudes = hotels.map(({ lon }) => lon).sort((one, other) => one - other);
  const gaps = longitudes.map((lon, n) => lon - (longitudes[n - 1] ?? longitudes.at(-1) - 360));
  const westernmost = longitudes[gaps.indexOf(Math.max(...gaps))];
  return hotels.map(({ lat, lon }) => [lat, lon < westernmost ? lon + 360 : lon]);
}

/** A longitude from -180 to 180. */
function turned(longitude) {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
