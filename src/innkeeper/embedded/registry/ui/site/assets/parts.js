import { element } from "./dom.js";
import { badge, bySeverity } from "./health.js";

/** A block for an empty list; with a finder that hides everything, a way to see it again. */
export function nothing(title, text, finder = null) {
  const clear = element(
    "button",
    { type: "button", class: "button button--quiet", onclick: () => finder.clear() },
    "Show all",
  );
  return element(
    "div",
    { class: "empty" },
    element("h2", {}, title),
    element("p", {}, text),
    finder?.active && clear,
  );
}

/** Registry tags. */
export function tags(names) {
  return names.length
    ? element("span", { class: "row tags" }, names.map((name) => element("span", { class: "tag" }, name)))
    : element("span", { class: "muted" }, "none");
}

/** Pairs such as Meta, as a list of facts. */
export function facts(pairs) {
  return element(
    "dl",
    { class: "facts" },
    pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

/** A value that is an address to open, as a link; anything else as text. */
export function linked(value) {
  const web = /^https?:\/\/[^\s]+$/.test(value);
  return web ? element("a", { href: value, rel: "noopener noreferrer" }, value) : value;
}

/** A wrapper that scrolls sideways by itself around a table whose rows become cards on phones. */
export function table(label, heads, rows) {
  return element(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": label },
    element(
      "table",
      { class: "cards" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          heads.map(([text, kind]) => element("th", { scope: "col", class: kind }, text)),
        ),
      ),
      element("tbody", {}, rows),
    ),
  );
}

/** Checks, worst first, each with its output; those that do not pass are open. */
export function checkList(checks, keyPrefix) {
  const sorted = [...checks].sort(
    (one, other) => bySeverity(one.Status, other.Status) || one.Name.localeCompare(other.Name),
  );
  return element("ul", { class: "checks" }, sorted.map((check) => checkItem(check, keyPrefix)));
}

function checkItem(check, keyPrefix) {
  const kind = [check.Type, check.Interval && `every ${check.Interval}`].filter(Boolean).join(", ");
  return element(
    "li",
    {},
    element(
      "details",
      { "data-key": `${keyPrefix}/${check.CheckID}`, open: check.Status !== "passing" },
      element(
        "summary",
        {},
        badge(check.Status),
        element("span", { class: "checks__name" }, check.Name),
        kind && element("span", { class: "muted small" }, kind),
      ),
      element(
        "div",
        { class: "checks__body stack" },
        check.Notes && element("p", {}, check.Notes),
        check.Output
          ? element("pre", { tabindex: "0", "aria-label": "Output" }, check.Output)
          : element("p", { class: "muted small" }, "No output yet."),
        element("p", { class: "small muted" }, "Check id ", element("code", {}, check.CheckID)),
      ),
    ),
  );
}

/** "1 instance", "2 instances". */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
