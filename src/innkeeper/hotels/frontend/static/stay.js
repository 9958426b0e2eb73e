/** The nights asked for, and how they stand in the form and in the page's address. */

const DAY = 24 * 60 * 60 * 1000;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
export const MOST_NIGHTS = 30;

/** The date `days` after an ISO date. Counted in UTC, where every day has 24 hours. */
export function addDays(date, days) {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** Nights between two ISO dates. */
export function nights({ inDate, outDate }) {
  return Math.round((Date.parse(outDate) - Date.parse(inDate)) / DAY);
}

/** Today where the reader is. */
function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The stay in an address's query; tonight where it says nothing that can be read. */
export function stayFrom(query) {
  const inDate = readDate(query.get("inDate")) ?? today();
  const outDate = readDate(query.get("outDate")) ?? addDays(inDate, 1);
  return { inDate, outDate };
}

function readDate(text) {
  return ISO_DATE.test(text ?? "") && !Number.isNaN(Date.parse(text)) ? text : null;
}

/** Keep the departure after the arrival, moving it along by the nights that were asked for. */
export function following(previous, inDate) {
  const length = Math.min(Math.max(nights(previous), 1), MOST_NIGHTS);
  return { inDate, outDate: addDays(inDate, length) };
}
