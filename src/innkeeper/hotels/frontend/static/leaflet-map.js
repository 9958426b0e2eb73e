import { drawBasemap } from "./basemap.js";
import { cheapest } from "./card.js";
import { element } from "./dom.js";
import { layTiles } from "./tiles.js";

const CITY = [37.7775, -122.4194];
/** Beyond these the own base map has nothing to show. */
const BOUNDS = [[37.58, -122.72], [37.97, -122.1]];
const CREDIT = '<a href="https://leafletjs.com">Leaflet</a>';

/** The hotels on a Leaflet map. The Google map has the same methods. */
export class LeafletMap {
  /**
   * `onPoint(id | null)` when a marker is hovered or focused; `onOpen(id)` and `onClose()` when a
   * popup comes and goes; `card(hotel)` makes a popup's content.
   */
  constructor(root, { onPoint, onOpen, onClose, card }) {
    this.handlers = { onPoint, onOpen, onClose };
    this.card = card;
    this.hotels = [];
    this.markers = new Map();
    this.framed = false;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(root, {
      center: CITY,
      zoom: 14,
      minZoom: 11.5,
      maxZoom: 18,
      zoomSnap: 0.25,
      maxBounds: BOUNDS,
      maxBoundsViscosity: 0.8,
      zoomControl: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      inertia: !still,
    });
    this.map.attributionControl.setPrefix(CREDIT);
    this.map.on("zoomend resize", () => this.#makeRoom());
    // Leaflet hears the key only while the map itself has the focus, not a popup's content.
    root.addEventListener("keydown", ({ key }) => key === "Escape" && this.map.closePopup());
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(root);
    this.#layGround();
  }

  show(hotels, speaker) {
    this.#speak(speaker);
    this.map.closePopup();
    for (const marker of this.markers.values()) marker.remove();
    this.hotels = hotels;
    this.markers = new Map(hotels.map((hotel) => [hotel.id, this.#marker(hotel, speaker)]));
    this.#frame();
    this.#makeRoom();
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
    const price = cheapest(hotel, speaker);
    const tag = element("span", { class: "key-tag" }, price);
    const marker = L.marker([hotel.lat, hotel.lon], {
      icon: L.divIcon({ className: "marker", html: tag, iconSize: [0, 0], popupAnchor: [0, -32] }),
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
    made.setAttribute("aria-label", `${hotel.name}, ${speaker.say("from", { price })}`);
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

  /** See all hotels, the first time; later the reader's own view stays. */
  #frame() {
    if (this.framed || this.hotels.length === 0) return;
    this.framed = true;
    const points = this.hotels.map(({ lat, lon }) => [lat, lon]);
    this.map.fitBounds(points, {
      paddingTopLeft: [44, 56],
      paddingBottomRight: [44, 32],
      maxZoom: 16,
      animate: false,
    });
  }

  /** Where two price tags would overlap, the hotel farther down the list shrinks to a dot. */
  #makeRoom() {
    const taken = [];
    for (const { id, lat, lon } of this.hotels) {
      const made = this.markers.get(id)?.getElement();
      if (!made) continue;
      made.classList.remove("marker--dot");
      const tag = made.firstElementChild;
      const { x, y } = this.map.latLngToLayerPoint([lat, lon]);
      const [halfWidth, height] = [tag.offsetWidth / 2 - 2, tag.offsetHeight - 2];
      const box = { left: x - halfWidth, right: x + halfWidth, top: y - height, bottom: y };
      const crowded = taken.some(
        (other) =>
          box.left < other.right && other.left < box.right &&
          box.top < other.bottom && other.top < box.bottom,
      );
      made.classList.toggle("marker--dot", crowded);
      if (!crowded) taken.push(box);
    }
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
