import { element } from "./dom.js";

const MARKS = { passing: "ok", warning: "warn", critical: "error" };
const WORST_FIRST = ["critical", "warning", "passing"];

/** The worst status of some checks; passing when there are none. */
export function worst(checks) {
  const statuses = new Set(checks.map((check) => check.Status));
  return WORST_FIRST.find((status) => statuses.has(status)) ?? "passing";
}

/** Order by health, worst first. */
export const bySeverity = (one, other) => WORST_FIRST.indexOf(one) - WORST_FIRST.indexOf(other);

/** A status as a mark and in words. */
export function badge(status, text = status) {
  return element("span", { class: `badge badge--${MARKS[status] ?? "neutral"}` }, text);
}

/** How many of something have which status, worst first, none left out silently. */
export function tally(counts) {
  const held = WORST_FIRST.filter((status) => counts[status] > 0);
  return element(
    "span",
    { class: "row tally" },
    held.map((status) => badge(status, `${counts[status]} ${status}`)),
  );
}

/** Count checks by status. */
export function countByStatus(checks) {
  const counts = { passing: 0, warning: 0, critical: 0 };
  for (const check of checks) counts[check.Status] = (counts[check.Status] ?? 0) + 1;
  return counts;
}
