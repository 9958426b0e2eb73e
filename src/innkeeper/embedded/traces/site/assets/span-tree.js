/**
 * A trace as a tree. Spans may be missing, come twice or go round in circles; every one that came
 * is in the tree once. Nothing here recurses: a chain of spans can be as deep as it is long.
 */

/**
 * The spans in the order of a timeline, each below its parent:
 * { spans: [node], start, end, depth, services: [{name, spans, errors}], errors }.
 * A node has span, service, process, parent, children, depth, size (spans below it), start and end
 * (microseconds from the start of the trace), failed, and note (what is odd about its place).
 */
export function spanTree(trace) {
  const nodes = trace.spans.map((span) => nodeOf(span, trace.processes[span.processID]));
  const origin = Math.min(...boundsOf(nodes, "start"));
  for (const node of nodes) {
    node.start -= origin;
    node.end -= origin;
  }
  const roots = join(nodes);
  const spans = flatten(roots);
  return {
    spans,
    origin,
    end: Math.max(...boundsOf(nodes, "end"), 1),
    depth: spans.reduce((most, node) => Math.max(most, node.depth + 1), 0),
    services: servicesOf(spans),
    errors: spans.filter((node) => node.failed).length,
  };
}

/** Whether a span has the tag that marks an error, as either of its types. */
function isFailed(span) {
  return span.tags.some((tag) => tag.key === "error" && String(tag.value) === "true");
}

function nodeOf(span, process) {
  return {
    span,
    service: process?.serviceName ?? "?",
    process: process?.tags ?? [],
    parent: null,
    children: [],
    depth: 0,
    size: 0,
    start: span.startTime,
    end: span.startTime + span.duration,
    failed: isFailed(span),
    note: "",
  };
}

/** Least and greatest, because a hundred thousand arguments are too many for Math.min. */
function boundsOf(nodes, field) {
  let [least, greatest] = [Infinity, -Infinity];
  for (const node of nodes) {
    least = Math.min(least, node[field]);
    greatest = Math.max(greatest, node[field]);
  }
  return [least, greatest];
}

/** Hang each node below its parent; answers those that stand at the top. */
function join(nodes) {
  const byId = new Map();
  for (const node of nodes) if (!byId.has(node.span.spanID)) byId.set(node.span.spanID, node);
  const roots = [];
  for (const node of nodes) {
    const reference = node.span.references.find((item) => item.traceID === node.span.traceID);
    const parent = reference && byId.get(reference.spanID);
    if (parent && parent !== node) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      if (parent) node.note = "its own parent";
      else if (reference) node.note = "parent missing";
      roots.push(node);
    }
  }
  return [...roots, ...cutCycles(nodes, roots)];
}

/** Spans that go round in a circle hang below no root: cut each circle at its earliest span. */
function cutCycles(nodes, roots) {
  const reached = new Set();
  const reach = (from) => {
    const waiting = [from];
    while (waiting.length) {
      const node = waiting.pop();
      if (reached.has(node)) continue;
      reached.add(node);
      waiting.push(...node.children);
    }
  };
  roots.forEach(reach);
  const cut = [];
  for (const node of [...nodes].sort((one, two) => one.start - two.start)) {
    if (reached.has(node)) continue;
    node.parent.children = node.parent.children.filter((child) => child !== node);
    node.parent = null;
    node.note = "part of a cycle";
    cut.push(node);
    reach(node);
  }
  return cut;
}

/** Depth first, earliest child first; sets depth and size on the way. */
function flatten(roots) {
  const byStart = (one, two) => one.start - two.start || two.end - one.end;
  const spans = [];
  const waiting = [...roots].sort(byStart).reverse();
  while (waiting.length) {
    const node = waiting.pop();
    node.index = spans.length;
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    spans.push(node);
    node.children.sort(byStart);
    for (let place = node.children.length - 1; place >= 0; place -= 1) waiting.push(node.children[place]);
  }
  for (let place = spans.length - 1; place >= 0; place -= 1) {
    const { parent, size } = spans[place];
    if (parent) parent.size += size + 1;
  }
  return spans;
}

function servicesOf(spans) {
  const services = new Map();
  for (const { service, failed } of spans) {
    const entry = services.get(service) ?? { name: service, spans: 0, errors: 0 };
    entry.spans += 1;
    entry.errors += failed ? 1 : 0;
    services.set(service, entry);
  }
  return [...services.values()];
}
