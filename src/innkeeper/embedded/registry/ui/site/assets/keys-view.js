import { apiPath } from "./address.js";
import { element } from "./dom.js";
import { askForKey, askToDelete } from "./keys-editor.js";
import { count, nothing, table } from "./parts.js";

/** The keys below a prefix, folded at slashes like folders, and the values that are there. */
export const keysView = {
  finder: { label: "Search by key", withHealth: false },
  emptyAnswer: [],

  crumbs({ addresses, prefix }) {
    const parts = prefix.split("/").filter(Boolean);
    const above = parts
      .slice(0, -1)
      .map((part, at) => [part, addresses.key(`${parts.slice(0, at + 1).join("/")}/`)]);
    return parts.length ? [["Key/Value", addresses.keys], ...above] : [];
  },
  titleOf: ({ prefix }) => prefix.split("/").filter(Boolean).at(-1) ?? "Key/Value",
  path: ({ prefix }) => `${apiPath("kv/", prefix)}?recurse`,
  lead: (entries) => count(entries.length, "key"),

  render(entries, { addresses, finder, prefix }) {
    const found = entries.filter((entry) => finder.matches([entry.Key.slice(prefix.length)], ""));
    if (!found.length) {
      const text = finder.active ? "No key is like this." : "Keys show here once one is written.";
      return [nothing("No key found", text, finder), adding(prefix)];
    }
    const folders = new Map();
    const values = [];
    for (const entry of found) {
      const below = entry.Key.slice(prefix.length);
      const cut = below.indexOf("/");
      if (cut < 0 || !below) values.push(entry);
      else folders.set(below.slice(0, cut + 1), (folders.get(below.slice(0, cut + 1)) ?? 0) + 1);
    }
    return [
      folders.size > 0 && table("Folders", [["Folder"], ["Keys", "num"]], folderRows(folders, prefix, addresses)),
      ...values.map((entry) => value(entry, prefix)),
      adding(prefix),
    ];
  },
};

/** The way to another key, in the folder that is shown. */
function adding(prefix) {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  return element("div", { class: "actions" }, action("Add a key", "add", () => askForKey({ prefix: folder })));
}

function action(text, key, act) {
  return element(
    "button",
    { type: "button", class: "button button--quiet button--small", "data-key": key, onclick: act },
    text,
  );
}

function folderRows(folders, prefix, addresses) {
  return [...folders].map(([name, keys]) =>
    element(
      "tr",
      { class: "link-row" },
      element(
        "th",
        { scope: "row" },
        element("a", { href: addresses.key(prefix + name), "data-key": `folder/${name}` }, name),
      ),
      element("td", { class: "num", "data-label": "Keys" }, String(keys)),
    ),
  );
}

function value(entry, prefix) {
  const text = decoded(entry.Value);
  const shown = text ?? entry.Value;
  return element(
    "details",
    { class: "card", "data-key": `key/${entry.Key}`, open: entry.Key === prefix },
    element(
      "summary",
      {},
      element("code", {}, entry.Key.slice(prefix.length) || entry.Key),
      entry.Flags > 0 && element("span", { class: "tag" }, `flags ${entry.Flags}`),
    ),
    element(
      "div",
      { class: "checks__body stack" },
      shown
        ? element("pre", { tabindex: "0", "aria-label": "Value" }, shown)
        : element("p", { class: "muted small" }, "Empty."),
      text === null && element("p", { class: "muted small" }, "These bytes are no text: shown as Base64."),
      element(
        "div",
        { class: "actions" },
        text !== null &&
          action("Edit", `edit/${entry.Key}`, () => askForKey({ prefix, entry, text })),
        action("Delete", `delete/${entry.Key}`, () => askToDelete(entry)),
      ),
    ),
  );
}

/** The value as text; null when its bytes are none. */
function decoded(value) {
  if (!value) return "";
  const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
