/** Numbers and moments as people read them. Durations and moments come in microseconds. */

const UNITS = [
  [86_400_000_000, "d", 3_600_000_000, "h"],
  [3_600_000_000, "h", 60_000_000, "m"],
  [60_000_000, "m", 1_000_000, "s"],
];
const COUNT = new Intl.NumberFormat("en");
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** 1.5 ms, 12 µs, 2 m 3 s: three digits that matter. */
export function duration(microseconds) {
  const size = Math.abs(microseconds);
  if (size < 1000) return `${trim(microseconds)} µs`;
  if (size < 1_000_000) return `${trim(microseconds / 1000)} ms`;
  if (size < 60_000_000) return `${trim(microseconds / 1_000_000)} s`;
  for (const [large, largeName, small, smallName] of UNITS) {
    if (size < large) continue;
    const smalls = Math.round(size / small);
    const rest = smalls % (large / small);
    const text = `${Math.floor(smalls / (large / small))} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
    return microseconds < 0 ? `−${text}` : text;
  }
  return `${microseconds} µs`;
}

function trim(value) {
  return value === 0 ? "0" : String(Number(value.toPrecision(3)));
}

/** 1,234 */
export const count = (value) => COUNT.format(value);

/** 1 span, 2 spans */
export const plural = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** 17.4 MB */
export function bytes(value) {
  if (value < 1_000_000) return `${Number((value / 1000).toPrecision(3))} kB`;
  return `${Number((value / 1_000_000).toPrecision(3))} MB`;
}

/** 22 Nov 2026, 17:12:35.123 in the reader's time zone. */
export function moment(microseconds) {
  const date = new Date(microseconds / 1000);
  if (Number.isNaN(date.getTime())) return `${microseconds} µs after 1970`;
  return `${DAY.format(date)}, ${CLOCK.format(date)}`;
}

/** The time of day alone. */
export function clock(microseconds) {
  const date = new Date(microseconds / 1000);
  return Number.isNaN(date.getTime()) ? "?" : CLOCK.format(date);
}

/** 12 s ago; for a clock that is fast: in 12 s. */
export function ago(microseconds, now = Date.now() * 1000) {
  const passed = now - microseconds;
  if (Math.abs(passed) < 1_000_000) return "now";
  const rounded = Math.round(passed / 1_000_000) * 1_000_000;
  const text = duration(Math.abs(rounded));
  return passed < 0 ? `in ${text}` : `${text} ago`;
}
