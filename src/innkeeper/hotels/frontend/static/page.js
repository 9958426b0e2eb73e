/** The page: asks for the hotels of a stay and shows them in the list and on the map. */

import { findHotels, Problem } from "./api.js";
import { hotelCard } from "./card.js";
import { element, safeUrl } from "./dom.js";
import { GoogleMap } from "./google-map.js";
import { LeafletMap } from "./leaflet-map.js";
import { HotelList } from "./list.js";
import { Notice } from "./notice.js";
import { addDays, following, MOST_NIGHTS, nights, stayFrom } from "./stay.js";
import { pickLocale, Speaker } from "./texts.js";

const part = (id) => document.getElementById(id);
const form = part("stay");
const mapRoot = part("map");

const query = new URLSearchParams(location.search);
let stay = stayFrom(query);
let speaker = new Speaker(pickLocale(query.get("locale")));
let answer = null;
let running = null;
/** Where the keyboard was when a popup opened, to return there. */
let opener = null;

const list = new HotelList(part("hotels"), { onPoint: point, onOpen: open });
const notice = new Notice(part("notice"));
const mapReady = createMap();

async function createMap() {
  const handlers = {
    onPoint: point,
    onOpen: opened,
    onClose: closed,
    card: (hotel) => hotelCard(hotel, nights(stay), speaker),
  };
  const google = mapRoot.dataset.googleMaps;
  try {
    return google
      ? await GoogleMap.create(mapRoot, google, handlers)
      : new LeafletMap(mapRoot, handlers);
  } catch (error) {
    console.warn("no map:", error.message);
    mapRoot.replaceChildren(element("p", { class: "map__failed" }, speaker.say("mapFailed")));
    return null;
  }
}

async function search() {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  fillForm();
  notice.clear();
  part("trace").hidden = true;
  part("summary").textContent = speaker.say("searching");
  if (answer === null) list.showWaiting();
  part("hotels").setAttribute("aria-busy", "true");
  try {
    answer = await findHotels(stay, speaker.locale, mine.signal);
    if (running === mine) await show();
  } catch (error) {
    if (running === mine) await fail(error);
  } finally {
    if (running === mine) part("hotels").removeAttribute("aria-busy");
  }
}

async function show() {
  const { hotels } = answer;
  part("summary").textContent = [
    hotels.length > 0 && speaker.say("found", { n: hotels.length }),
    speaker.days(stay),
    speaker.say("nights", { n: nights(stay) }),
  ].filter(Boolean).join(" · ");
  if (hotels.length === 0) notice.showEmpty(speaker, () => arriveOn(addDays(stay.inDate, 1)));
  showTrace();
  list.show(hotels, nights(stay), speaker);
  (await mapReady)?.show(hotels, speaker);
}

async function fail(error) {
  if (!(error instanceof Problem)) console.error(error);
  answer = null;
  part("summary").textContent = "";
  list.show([], 0, speaker);
  notice.showProblem(error instanceof Problem ? error : new Problem(error.message), speaker, search);
  (await mapReady)?.show([], speaker);
}

function showTrace() {
  const address = answer.traceUrl && safeUrl(answer.traceUrl);
  const line = part("trace");
  line.replaceChildren(
    speaker.say("answered", { n: Math.max(1, Math.round(answer.milliseconds)) }),
    " ",
  );
  if (address) line.append(element("a", { href: address }, speaker.say("followTrace")));
  line.hidden = false;
}

function point(id) {
  list.point(id);
  mapReady.then((map) => map?.point(id));
}

async function open(id) {
  opener = document.activeElement;
  const map = await mapReady;
  map?.open(id);
  if (!isInView(mapRoot)) mapRoot.scrollIntoView({ block: "nearest" });
}

function opened(id) {
  list.choose(id);
  opener ??= document.activeElement;
  // With a keyboard the popup is where reading goes on; with a mouse nothing has to move.
  if (opener?.matches?.(":focus-visible")) {
    mapRoot.querySelector(`[data-hotel="${CSS.escape(id)}"] h2`)?.focus({ preventScroll: true });
  }
}

function closed() {
  list.choose(null);
  if (mapRoot.contains(document.activeElement) || document.activeElement === document.body) {
    opener?.focus?.({ preventScroll: true });
  }
  opener = null;
}

function isInView(root) {
  const { top, bottom } = root.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

function fillForm() {
  form.elements.inDate.value = stay.inDate;
  form.elements.outDate.value = stay.outDate;
  form.elements.outDate.min = addDays(stay.inDate, 1);
  form.elements.outDate.max = addDays(stay.inDate, MOST_NIGHTS);
  form.elements.locale.value = speaker.locale;
}

function arriveOn(inDate) {
  stay = following(stay, inDate);
  remember();
  search();
}

function remember() {
  const said = new URLSearchParams({ ...stay, locale: speaker.locale });
  history.replaceState(null, "", `?${said}`);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  stay = { inDate: form.elements.inDate.value, outDate: form.elements.outDate.value };
  remember();
  search();
});

form.elements.inDate.addEventListener("change", ({ target }) => {
  if (target.value) arriveOn(target.value);
});

form.elements.outDate.addEventListener("change", () => {
  if (form.checkValidity()) form.requestSubmit();
});

form.elements.locale.addEventListener("change", ({ target }) => {
  speaker = new Speaker(target.value);
  speaker.translate(document);
  remember();
  search();
});

speaker.translate(document);
search();
