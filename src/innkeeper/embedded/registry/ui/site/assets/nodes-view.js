import { apiPath } from "./address.js";
import { element } from "./dom.js";
import { countByStatus, tally, worst } from "./health.js";
import { count, nothing, table } from "./parts.js";

const HEADS = [["Node"], ["Address"], ["Checks"], ["Services", "num"]];

/** All nodes. */
export const nodesView = {
  title: "Nodes",
  finder: { label: "Search by name, address or meta" },
  path: () => apiPath("internal/ui/nodes"),
  lead: (nodes) => count(nodes.length, "node"),

  render(nodes, { addresses, finder }) {
    const found = nodes.filter((node) => finder.matches(texts(node), worst(node.Checks)));
    if (!found.length) return nothing("No node found", "No node is like this.", finder);
    return table("Nodes", HEADS, found.map((node) => row(node, addresses)));
  },
};

function texts(node) {
  return [node.Node, node.Address, ...Object.entries(node.Meta ?? {}).map((pair) => pair.join("="))];
}

function row(node, addresses) {
  return element(
    "tr",
    { class: "link-row" },
    element(
      "th",
      { scope: "row" },
      element("a", { href: addresses.node(node.Node), "data-key": `node/${node.Node}` }, node.Node),
    ),
    element("td", { "data-label": "Address" }, element("code", {}, node.Address)),
    element("td", { "data-label": "Checks" }, tally(countByStatus(node.Checks))),
    element("td", { class: "num", "data-label": "Services" }, String(node.Services.length)),
  );
}
