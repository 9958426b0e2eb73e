import { Addresses, parse } from "./address.js";
import { byId, element, show } from "./dom.js";
import { Finder } from "./finder.js";
import { instancesView } from "./instances-view.js";
import { keysView } from "./keys-view.js";
import { nodeView } from "./node-view.js";
import { nodesView } from "./nodes-view.js";
import { nothing } from "./parts.js";
import { servicesView } from "./services-view.js";
import { watch } from "./watch.js";

const VIEWS = {
  services: { list: servicesView, one: instancesView },
  nodes: { list: nodesView, one: nodeView },
  kv: { list: keysView, one: keysView },
};

const address = parse(location.pathname);
const addresses = new Addresses(address.datacenter);
const prefix = address.view === "kv" ? keyIn(location.pathname) : "";
const view = VIEWS[address.view]?.[address.name ? "one" : "list"];

function keyIn(pathname) {
  return pathname.split("/").slice(4).map(decodeURIComponent).join("/");
}

function navigation() {
  const pages = [
    ["Services", addresses.services, "services"],
    ["Nodes", addresses.nodes, "nodes"],
    ["Key/Value", addresses.keys, "kv"],
  ];
  byId("pages").append(
    ...pages.map(([text, href, name]) =>
      element("a", { href, "aria-current": name === address.view && "page" }, text),
    ),
  );
}

function heading(title, crumbs) {
  byId("title").textContent = title;
  document.title = `${title} · Registry · Innkeeper`;
  if (!crumbs.length) return;
  const items = crumbs.map(([text, href]) => element("li", {}, element("a", { href }, text)));
  byId("crumbs").append(
    element("ol", {}, items, element("li", { "aria-current": "page" }, title)),
  );
  byId("crumbs").hidden = false;
}

function trouble(text) {
  byId("live").textContent = text ? "Not live" : "Live";
  byId("live").classList.toggle("live--on", !text);
  if (text === (byId("trouble").dataset.text ?? null)) return;
  if (text) byId("trouble").dataset.text = text;
  else delete byId("trouble").dataset.text;
  const words = text && `${text} What is shown may be old; asking again …`;
  show(byId("trouble"), words && element("p", { class: "notice notice--error" }, words));
}

function start() {
  const context = { addresses, name: address.name, prefix };
  heading(view.title ?? view.titleOf(context), view.crumbs?.(context) ?? []);
  let held;
  const draw = () => {
    if (held === undefined) return;
    byId("lead").textContent = view.lead(held, context);
    show(byId("content"), view.render(held, context));
  };
  context.finder = new Finder(view.finder, draw);
  const answer = (value) => {
    held = value;
    draw();
  };
  watch(
    view.path(context),
    { wait: view.wait, datacenter: address.datacenter },
    {
      answer,
      absent() {
        if (view.emptyAnswer) return answer(view.emptyAnswer);
        held = undefined;
        byId("lead").textContent = "";
        return show(byId("content"), nothing("Not here", "Nothing is registered under this name."));
      },
      trouble,
    },
  );
}

navigation();
if (view) {
  start();
} else {
  heading("Page not found", []);
  const text = "The registry has pages for services, nodes and keys.";
  show(byId("content"), nothing("No such page", text));
}
