import { apiPath } from "./address.js";
import { element } from "./dom.js";
import { tally } from "./health.js";
import { count, nothing, table, tags } from "./parts.js";

const HEADS = [["Service"], ["Health of its instances"], ["Instances", "num"], ["Tags"]];

/** The name under which a registry lists itself, as a Consul server does. */
const ITSELF = "consul";

/** All services with the health of their instances. */
export const servicesView = {
  title: "Services",
  finder: { label: "Search by name or tag" },
  path: () => apiPath("internal/ui/services"),

  lead(services) {
    const instances = services.reduce((sum, each) => sum + each.InstanceCount, 0);
    return `${count(services.length, "service")}, ${count(instances, "instance")}`;
  },

  render(services, { addresses, finder }) {
    const found = services.filter((each) => finder.matches([each.Name, ...each.Tags], health(each)));
    if (!found.length) {
      return nothing("No service found", "Nothing that is registered is like this.", finder);
    }
    return table("Services", HEADS, found.map((each) => row(each, addresses)));
  },
};

function health(service) {
  if (service.InstancesCritical) return "critical";
  return service.InstancesWarning ? "warning" : "passing";
}

function row(service, addresses) {
  const counts = {
    passing: service.InstancesPassing,
    warning: service.InstancesWarning,
    critical: service.InstancesCritical,
  };
  const href = addresses.service(service.Name);
  return element(
    "tr",
    { class: "link-row" },
    element(
      "th",
      { scope: "row" },
      element("a", { href, "data-key": `service/${service.Name}` }, service.Name || "(no name)"),
      service.Name === ITSELF && element("span", { class: "muted small itself" }, "this registry"),
    ),
    element("td", { "data-label": "Health" }, tally(counts)),
    element("td", { class: "num", "data-label": "Instances" }, String(service.InstanceCount)),
    element("td", { "data-label": "Tags" }, tags(service.Tags)),
  );
}
