/** What is said, and offered, when no hotel was found. */

import { addDays, following } from "./stay.js";
import { anywhere, filtersSet, samePlace, withoutFilters } from "./view.js";

/** Metres around the point, as the API has it when none are said. */
const RADIUS = 10_000;

/** Where and when nothing was found. */
export function whyEmpty(view, speaker) {
  const days = speaker.days(view);
  if (view.q) return speaker.say("emptyQuery", { q: view.q, days });
  if (view.bbox) return speaker.say("emptyArea", { days });
  return speaker.say("emptyNear", { distance: speaker.distance(Number(view.radius ?? RADIUS)), days });
}

/** What may help, best first: label and action. */
export function waysOut(view, speaker, ask) {
  const everywhere = anywhere(view);
  return [
    filtersSet(view) > 0 && [speaker.say("reset"), () => ask(withoutFilters(view))],
    [speaker.say("nextDay"), () => ask({ ...view, ...following(view, addDays(view.inDate, 1)) })],
    !samePlace(view, everywhere) && [speaker.say("anywhere"), () => ask(everywhere)],
  ].filter(Boolean);
}
