/**
 * Make an element. What spans say reaches the page through here, as text: a child that is no node
 * becomes a text node, never markup. Attributes and children that are null or false are left out.
 * `style` is a map of custom properties, set one by one because the policy forbids style attributes.
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "style") setProperties(made, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

/** Set custom properties such as `--start`. */
export function setProperties(made, properties) {
  for (const [name, value] of Object.entries(properties)) made.style.setProperty(name, value);
}

/** Pixels within an element's padding. */
export function contentWidth(made) {
  const { paddingLeft, paddingRight } = getComputedStyle(made);
  return made.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);
