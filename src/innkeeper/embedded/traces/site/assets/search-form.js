/** The filters: between the form, the address of the page, and the parameters of the API. */

import { ask } from "./ask.js";
import { assign } from "./colours.js";
import { byId, element } from "./dom.js";
import { parseTags, tagText } from "./tag-text.js";

const FIELDS = ["service", "operation", "tags", "minDuration", "maxDuration", "lookback", "limit"];
const DEFAULTS = { lookback: "1h", limit: "20" };

/** Put into the form what the address says. */
export function readAddress(form, parameters) {
  for (const name of FIELDS) {
    const field = form.elements[name];
    const value = parameters.get(name) ?? DEFAULTS[name] ?? "";
    if (field instanceof HTMLSelectElement) choose(field, value);
    else field.value = name === "tags" ? tagText(value) : value;
  }
}

/** The parameters for the API, which are those of the address too. Throws an Error for bad tags. */
export function parametersOf(form) {
  const parameters = new URLSearchParams();
  for (const name of FIELDS) {
    const value = form.elements[name].value.trim();
    if (value === "") continue;
    parameters.set(name, name === "tags" ? JSON.stringify(parseTags(value)) : value);
  }
  return parameters;
}

/** Offer the services that there are, and the operations of the chosen one. */
export async function offerNames(form) {
  const services = await ask("/api/services");
  assign(services);
  offer(form.elements.service, services);
  await offerOperations(form);
  return services;
}

/** Offer the operations of the chosen service. */
export async function offerOperations(form) {
  const service = form.elements.service.value;
  const path = `/api/services/${encodeURIComponent(service)}/operations`;
  offer(form.elements.operation, service ? await ask(path) : []);
  form.elements.operation.disabled = !service;
}

function offer(select, names) {
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...names.map((name) => element("option", { value: name }, name)));
  // A name out of the address stays, though no span has it now.
  choose(select, chosen);
}

function choose(select, value) {
  if (value && ![...select.options].some((option) => option.value === value)) {
    select.append(element("option", { value }, value));
  }
  select.value = value;
}

/** Say what is wrong with the filters, or, with no text, that nothing is. */
export function sayMistake(text = "") {
  const place = byId("mistake");
  place.textContent = text;
  place.hidden = !text;
}
