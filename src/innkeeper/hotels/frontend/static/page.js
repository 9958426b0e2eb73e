/** The page: asks for the hotels of a stay and shows them in the list and on the map. */

import { findHotels, findMore, findsAny, Problem } from "./api.js";
import { AreaButton } from "./area-button.js";
import { hotelCard } from "./card.js";
import { element, safeUrl } from "./dom.js";
import { catalogueFor, waysOut, whyEmpty } from "./empty.js";
import { SearchForm } from "./form.js";
import { GoogleMap } from "./google-map.js";
import { LeafletMap } from "./leaflet-map.js";
import { HotelList } from "./list.js";
import { Notice } from "./notice.js";
import { following, nights } from "./stay.js";
import { pickLocale, Speaker } from "./texts.js";
import { anywhere, areaOf, bboxOf, hasCentre, queryOf, samePlace, saysWhere, viewFrom, withoutFilters } from "./view.js";

const part = (id) => document.getElementById(id);
const mapRoot = part("map");

const query = new URLSearchParams(location.search);
let view = viewFrom(query);
let speaker = new Speaker(pickLocale(query.get("locale")));
let answer = null;
let running = null;
/** What the map was last moved to show. */
let framed = null;
/** Where the keyboard was when a popup opened, to return there. */
let opener = null;

const form = new SearchForm(part("search"), { onAsk: (said) => ask({ ...view, ...said }), onSpeak: speak });
const list = new HotelList(part("hotels"), { onPoint: point, onOpen: open });
const notice = new Notice(part("notice"));
const areaButton = new AreaButton(part("area"), searchArea);
const mapReady = createMap();

async function createMap() {
  const handlers = {
    onPoint: point,
    onOpen: opened,
    onClose: closed,
    onMove: () => areaButton.offer(),
    card: (hotel) => hotelCard(hotel, nights(view), speaker),
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

/** Ask for something else, and let the reader come back to what was asked for before. */
function ask(wanted) {
  view = viewFrom(queryOf(wanted, speaker.locale));
  remember();
  search();
}

/** Asks with `find`, and hands on only the answer to the latest question. */
async function answerTo(find, onAnswer, onProblem) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  part("hotels").setAttribute("aria-busy", "true");
  try {
    const found = await find(mine.signal);
    if (running === mine) await onAnswer(found);
  } catch (error) {
    if (running !== mine) return;
    if (!(error instanceof Problem)) console.error(error);
    await onProblem(error instanceof Problem ? error : new Problem(error.message));
  } finally {
    if (running === mine) part("hotels").removeAttribute("aria-busy");
  }
}

function search() {
  form.show(view, speaker);
  notice.clear();
  areaButton.hide();
  part("trace").hidden = part("more").hidden = true;
  part("summary").textContent = speaker.say("searching");
  if (answer === null) list.showWaiting();
  return answerTo(find, show, fail);
}

/** The answer to what is asked for; of an empty one also what is known of a way out. */
async function find(signal) {
  const found = await findHotels(queryOf(view, speaker.locale), signal);
  if (found.hotels.length > 0) return found;
  // Who brings hotels of their own need not have any where the API looks by itself.
  if (answer === null && !saysWhere(view)) return { ...found, elsewhere: true };
  const there = (wanted) => findsAny(queryOf(wanted, speaker.locale), signal);
  return { ...found, catalogue: await catalogueFor(view, there).catch(() => null) };
}

async function show(found) {
  answer = found;
  const { hotels, elsewhere, catalogue } = answer;
  if (elsewhere) return ask(anywhere(view));
  measure(hotels);
  if (hotels.length === 0) {
    const why = [whyEmpty(view, speaker), catalogue && speaker.say("emptyCatalogue")];
    const ways = waysOut(view, catalogue, speaker, ask);
    notice.showEmpty(speaker.say("emptyTitle"), why.filter(Boolean).join(" "), ways);
  }
  summarise();
  showTrace();
  form.suggestRooms(hotels);
  list.show(hotels, nights(view), speaker);
  const still = framed !== null && samePlace(framed, view);
  (await mapReady)?.show(hotels, speaker, { area: areaOf(view), still });
  if (hotels.length > 0) framed = view;
}

function more() {
  const button = part("more").querySelector("button");
  button.disabled = true;
  return answerTo(
    (signal) => findMore(answer.next, signal),
    async (found) => {
      measure(found.hotels);
      answer = { ...found, hotels: [...answer.hotels, ...found.hotels] };
      button.disabled = false;
      summarise();
      list.add(found.hotels, nights(view), speaker);
      (await mapReady)?.add(found.hotels, speaker);
    },
    () => {
      button.disabled = false;
      part("summary").textContent = speaker.say("moreFailed");
    },
  );
}

/** Say distances only where they are from somewhere. */
function measure(hotels) {
  if (!hasCentre(view)) for (const hotel of hotels) hotel.distance = null;
}

function summarise() {
  const { hotels, next, rankedOnly } = answer;
  const n = hotels.length;
  const free = hotels.filter(({ bookable }) => bookable).length;
  const found = free < n ? speaker.say("foundAll", { n, free }) : speaker.say("found", { n });
  part("summary").textContent = [
    n > 0 && (next ? `${found} ${speaker.say("andMore")}` : found),
    speaker.days(view),
    speaker.say("nights", { n: nights(view) }),
    n > 0 && rankedOnly && speaker.say("ranked", { n: rankedOnly }),
  ].filter(Boolean).join(" · ");
  part("more").hidden = !next;
}

async function fail(problem) {
  answer = null;
  list.show([], 0, speaker);
  const told = form.showError(problem.parameter, problem.message);
  part("summary").textContent = told ? speaker.say("badInput") : "";
  if (!told) notice.showProblem(problem, speaker, search);
  (await mapReady)?.show([], speaker, { still: true });
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

async function searchArea() {
  const map = await mapReady;
  if (!map) return;
  const { q, lat, lon, radius, ...rest } = view;
  // The map shows the area already.
  framed = { ...rest, bbox: bboxOf(map.area()) };
  ask(framed);
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

function speak(locale) {
  speaker = new Speaker(locale);
  speaker.translate(document);
  ask(view);
}

function remember() {
  const address = `?${queryOf(view, speaker.locale)}`;
  if (address !== location.search) history.pushState(null, "", address);
}

part("in-date").addEventListener("change", ({ target }) => {
  if (target.value) ask({ ...view, ...following(view, target.value) });
});
part("reset").addEventListener("click", () => ask(withoutFilters(view)));
part("more").querySelector("button").addEventListener("click", more);

addEventListener("popstate", () => {
  const said = new URLSearchParams(location.search);
  view = viewFrom(said);
  const locale = pickLocale(said.get("locale"));
  if (locale !== speaker.locale) {
    speaker = new Speaker(locale);
    speaker.translate(document);
  }
  search();
});

speaker.translate(document);
search();
