/** What is said, and offered, when no hotel was found. */

import { addDays, following } from "./stay.js";
import { anywhere, catalogueOf, filtersSet, samePlace, withoutFilters } from "./view.js";

/** Metres around the point, as the API has it when none are said. */
const RADIUS = 10_000;

/** Where and when nothing was found. */
export function whyEmpty(view, speaker) {
  const days = speaker.days(view);
  if (view.q) return speaker.say("emptyQuery", { q: view.q, days });
  if (samePlace(view, anywhere(view))) return speaker.say("emptyWorld", { days });
  if (view.bbox) return speaker.say("emptyArea", { days });
  return speaker.say("emptyNear", { distance: speaker.distance(Number(view.radius ?? RADIUS)), days });
}

/**
 * The view in which hotels are shown that cannot be booked: of the same place, else of everywhere.
 * Null when there are none either; `findsAny(view)` tells.
 */
export async function catalogueFor(view, findsAny) {
  if (view.bookable === "any") return null;
  for (const place of [view, anywhere(view)]) {
    const catalogue = catalogueOf(place);
    if (await findsAny(catalogue)) return catalogue;
  }
  return null;
}

/** What may help, best first: label and action. `catalogue` is the view above. */
export function waysOut(view, catalogue, speaker, ask) {
  const everywhere = anywhere(view);
  return [
    catalogue && [speaker.say("showAll"), () => ask(catalogue)],
    filtersSet(view) > 0 && [speaker.say("reset"), () => ask(withoutFilters(view))],
    [speaker.say("nextDay"), () => ask({ ...view, ...following(view, addDays(view.inDate, 1)) })],
    !samePlace(view, everywhere) && [speaker.say("anywhere"), () => ask(everywhere)],
  ].filter(Boolean);
}
