import { inWords } from "./card.js";

const CITY = { lat: 37.7775, lng: -122.4194 };

/** Load Google's script; it calls `showGoogleMap` when it is ready. */
function loadGoogle(source) {
  return new Promise((resolve, reject) => {
    window.showGoogleMap = resolve;
    const script = document.createElement("script");
    script.src = source;
    script.async = true;
    script.onerror = () => reject(new Error("Google Maps did not load"));
    document.head.append(script);
  });
}

/** The hotels on a Google map, with the methods of LeafletMap. */
export class GoogleMap {
  static async create(root, source, handlers) {
    await loadGoogle(source);
    return new GoogleMap(root, handlers);
  }

  constructor(root, { onPoint, onOpen, onClose, onMove, card }) {
    this.handlers = { onPoint, onOpen, onClose };
    this.card = card;
    this.markers = new Map();
    this.opened = null;
    this.map = new google.maps.Map(root, {
      center: CITY,
      zoom: 14,
      mapTypeControl: false,
      streetViewControl: false,
    });
    this.map.addListener("dragend", onMove);
    this.popup = new google.maps.InfoWindow({ maxWidth: 312 });
    this.popup.addListener("closeclick", () => this.#closed());
  }

  show(hotels, speaker, { area = null, still = false } = {}) {
    this.popup.close();
    this.#closed();
    for (const { marker } of this.markers.values()) marker.setMap(null);
    this.markers = new Map();
    this.add(hotels, speaker);
    if (still || (hotels.length === 0 && !area)) return;
    const bounds = new google.maps.LatLngBounds();
    for (const { lat, lon } of hotels) bounds.extend({ lat, lng: lon });
    this.map.fitBounds(area ?? bounds, area ? 0 : 48);
  }

  add(hotels, speaker) {
    for (const hotel of hotels) {
      this.markers.set(hotel.id, { hotel, marker: this.#marker(hotel, speaker) });
    }
  }

  area() {
    return this.map.getBounds().toJSON();
  }

  point(id) {
    for (const [other, { marker }] of this.markers) {
      marker.setZIndex(other === id ? 2000 : 1);
      marker.setOpacity(id === null || other === id ? 1 : 0.55);
    }
  }

  open(id) {
    const found = this.markers.get(id);
    if (!found) return;
    this.#closed();
    this.opened = id;
    this.popup.setContent(this.card(found.hotel));
    this.popup.open({ map: this.map, anchor: found.marker });
    this.handlers.onOpen(id);
  }

  #marker(hotel, speaker) {
    const marker = new google.maps.Marker({
      map: this.map,
      position: { lat: hotel.lat, lng: hotel.lon },
      title: inWords(hotel, speaker),
    });
    marker.addListener("click", () => this.open(hotel.id));
    marker.addListener("mouseover", () => this.handlers.onPoint(hotel.id));
    marker.addListener("mouseout", () => this.handlers.onPoint(null));
    return marker;
  }

  #closed() {
    if (this.opened === null) return;
    const id = this.opened;
    this.opened = null;
    this.handlers.onClose(id);
  }
}
