/** The filters on a phone: folded away below a line that says what they are, so that results show. */

import { byId } from "./dom.js";

const PHONE = matchMedia("(max-width: 44rem)");

/** Fold the filters away where they would fill the window; elsewhere they are always there. */
export function foldOnPhones() {
  byId("filter-panel").open = !PHONE.matches;
}

PHONE.addEventListener("change", foldOnPhones);

/** Say in the line what the form asks for. */
export function describe(form) {
  const { service, operation, tags, minDuration, maxDuration, lookback } = form.elements;
  const words = [
    service.value || "any service", operation.value, tags.value,
    minDuration.value && `≥ ${minDuration.value}`, maxDuration.value && `≤ ${maxDuration.value}`,
    `last ${lookback.selectedOptions[0]?.textContent ?? lookback.value}`,
  ];
  byId("filter-words").textContent = words.filter(Boolean).join(" · ");
}

/** Show the field that somebody has to correct. */
export function unfold() {
  byId("filter-panel").open = true;
}
