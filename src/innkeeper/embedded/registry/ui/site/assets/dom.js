/**
 * Make an element. What was registered reaches the page through here, as text: a child that is no
 * node becomes a text node, never markup. Attributes and children that are null or false are left
 * out.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/**
 * Show other children in a container. What the reader has opened stays open and what has the focus
 * keeps it: elements are recognised by their `data-key`.
 */
export function show(container, ...children) {
  const keyOf = (node) => node?.closest?.("[data-key]")?.dataset.key;
  const focused = container.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const toggled = new Map(
    [...container.querySelectorAll("details[data-key]")].map((one) => [one.dataset.key, one.open]),
  );
  container.replaceChildren(...children.flat().filter((child) => child !== null && child !== false));
  for (const details of container.querySelectorAll("details[data-key]")) {
    details.open = toggled.get(details.dataset.key) ?? details.open;
  }
  if (focused) {
    const same = container.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    (same?.tagName === "DETAILS" ? same.querySelector("summary") : same)?.focus();
  }
}
