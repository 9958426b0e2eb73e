import { apiPath } from "./address.js";
import { element } from "./dom.js";
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
      return nothing(
        "No key found",
        finder.active ? "No key is like this." : "Keys show here as soon as one is written.",
        finder,
      );
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
    ];
  },
};

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
      text === ""
        ? element("p", { class: "muted small" }, "Empty.")
        : element("pre", { tabindex: "0", "aria-label": "Value" }, text),
    ),
  );
}

/** The value as text; bytes that are none show as their Base64. */
function decoded(value) {
  if (!value) return "";
  const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return value;
  }
}
