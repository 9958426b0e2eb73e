import { apiPath } from "./address.js";
import { element } from "./dom.js";
import { badge, worst } from "./health.js";
import { checkList, count, facts, nothing, table, tags } from "./parts.js";

const HEADS = [["Instance"], ["Service"], ["Health"], ["Port", "num"], ["Tags"]];

/** One node: its own checks, and what runs on it. */
export const nodeView = {
  finder: { label: "Search by instance, service or tag" },
  wait: "10s",

  crumbs: ({ addresses }) => [["Nodes", addresses.nodes]],
  titleOf: ({ name }) => name,
  path: ({ name }) => apiPath("internal/ui/node/", name),
  lead: (node) => `${node.Address}, ${count(node.Services.length, "service instance")}`,

  render(node, { addresses, finder }) {
    const own = node.Checks.filter((check) => !check.ServiceID);
    const found = node.Services.filter((service) =>
      finder.matches([service.ID, service.Service, ...service.Tags], health(node, service, own)),
    );
    const rows = found.map((service) => row(service, health(node, service, own), addresses));
    const meta = Object.entries(node.Meta ?? {}).filter(([, value]) => value);
    return [
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, "The node itself"),
        facts([["Id", element("code", {}, node.ID || "none")], ...meta]),
        checkList(own, `node/${node.Node}`),
      ),
      element("h2", {}, "Services here"),
      rows.length
        ? table("Services here", HEADS, rows)
        : nothing("No service found", "Nothing on this node is like this.", finder),
    ];
  },
};

function health(node, service, own) {
  return worst([...own, ...node.Checks.filter((check) => check.ServiceID === service.ID)]);
}

function row(service, status, addresses) {
  const href = addresses.service(service.Service);
  return element(
    "tr",
    { class: "link-row" },
    element(
      "th",
      { scope: "row" },
      element("a", { href, "data-key": `instance/${service.ID}` }, service.ID || "(no id)"),
    ),
    element("td", { "data-label": "Service" }, service.Service),
    element("td", { "data-label": "Health" }, badge(status)),
    element("td", { class: "num", "data-label": "Port" }, service.Port ? String(service.Port) : "none"),
    element("td", { "data-label": "Tags" }, tags(service.Tags)),
  );
}
