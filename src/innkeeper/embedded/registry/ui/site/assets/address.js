/** What the address of a page names: /ui/{datacenter}/{view}/{name}/{tab}. */
export function parse(pathname) {
  const [datacenter, view, name, tab] = pathname
    .split("/")
    .slice(2)
    .map((part) => decodeURIComponent(part));
  return { datacenter, view, name: name || null, tab: tab || null };
}

const part = encodeURIComponent;

/** The addresses of the pages of one datacenter. */
export class Addresses {
  constructor(datacenter) {
    this.base = `/ui/${part(datacenter)}`;
  }

  get services() {
    return `${this.base}/services`;
  }

  get nodes() {
    return `${this.base}/nodes`;
  }

  get keys() {
    return `${this.base}/kv`;
  }

  service(name) {
    return `${this.services}/${part(name)}/instances`;
  }

  node(name) {
    return `${this.nodes}/${part(name)}/health-checks`;
  }

  /** The keys below a prefix, or one key. */
  key(key) {
    return `${this.keys}/${key.split("/").map(part).join("/")}`;
  }
}

/** The path of an API call about something that has a name, slashes in it included. */
export const apiPath = (path, name = "") => `/v1/${path}${name.split("/").map(part).join("/")}`;
