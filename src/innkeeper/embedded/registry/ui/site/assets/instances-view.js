import { apiPath } from "./address.js";
import { element } from "./dom.js";
import { badge, bySeverity, worst } from "./health.js";
import { checkList, count, facts, linked, nothing, tags } from "./parts.js";

/** The instances of one service: where each is, what it says of itself, and how it fares. */
export const instancesView = {
  finder: { label: "Search by id, address, node, tag or meta" },
  // The output of a check is no change that wakes anybody, so look again now and then.
  wait: "10s",

  crumbs: ({ addresses }) => [["Services", addresses.services]],
  titleOf: ({ name }) => name,
  path: ({ name }) => apiPath("health/service/", name),

  lead(instances) {
    const passing = instances.filter((each) => worst(each.Checks) === "passing").length;
    return instances.length
      ? `${count(instances.length, "instance")}, ${passing} passing`
      : "Nobody is registered under this name.";
  },

  render(instances, { addresses, finder }) {
    const found = instances
      .filter((each) => finder.matches(texts(each), worst(each.Checks)))
      .sort((one, other) => bySeverity(worst(one.Checks), worst(other.Checks)));
    if (!found.length) {
      const text = instances.length
        ? "No instance is like this."
        : "An instance shows here as soon as it registers.";
      return nothing("No instance found", text, finder);
    }
    return found.map((each) => card(each, addresses));
  },
};

function texts({ Node, Service }) {
  const meta = Object.entries(Service.Meta ?? {}).map((pair) => pair.join("="));
  return [Service.ID, Node.Node, place({ Node, Service }), ...Service.Tags, ...meta];
}

function place({ Node, Service }) {
  const host = Service.Address || Node.Address;
  return Service.Port ? `${host.includes(":") ? `[${host}]` : host}:${Service.Port}` : host;
}

function card(instance, addresses) {
  const { Node, Service, Checks } = instance;
  const status = worst(Checks);
  const meta = Object.entries(Service.Meta ?? {});
  return element(
    "article",
    { class: "card stack" },
    element(
      "div",
      { class: "card__head" },
      element("h2", {}, Service.ID),
      badge(status),
    ),
    facts([
      ["Address", element("code", {}, place(instance))],
      ["Node", element("a", { href: addresses.node(Node.Node), "data-key": `${Service.ID}/node` }, Node.Node)],
      ["Tags", tags(Service.Tags)],
      ...weight(Service.Weights),
    ]),
    meta.length > 0 &&
      element(
        "section",
        { class: "stack stack--close" },
        element("h3", {}, "Meta"),
        facts(meta.map(([name, value]) => [name, linked(value)])),
      ),
    element(
      "section",
      { class: "stack stack--close" },
      element("h3", {}, "Checks"),
      checkList(Checks, `${Node.Node}/${Service.ID}`),
    ),
  );
}

/** The weights, when they are not what everybody has. */
function weight({ Passing, Warning }) {
  return Passing === 1 && Warning === 1
    ? []
    : [["Weight", `${Passing} when passing, ${Warning} when warning`]];
}
