/**
 * The critical path: the stretches of spans that the trace's duration is made of. Going back from
 * the end of the first root, it is always in the child that ended last, or in the span itself.
 */

/** A map from node to its stretches, [from, to] in microseconds from the start of the trace. */
export function criticalPath(spans) {
  const stretches = new Map();
  if (!spans.length) return stretches;
  const waiting = [[spans[0], spans[0].end]];
  while (waiting.length) {
    const [node, until] = waiting.pop();
    let cursor = Math.min(node.end, until);
    const mark = (from) => {
      if (from < cursor) stretches.set(node, [...(stretches.get(node) ?? []), [from, cursor]]);
    };
    for (const child of [...node.children].sort((one, two) => two.end - one.end)) {
      // What goes on after the cursor did not hold up what came after it.
      if (child.end > cursor || child.start < node.start) continue;
      mark(child.end);
      waiting.push([child, child.end]);
      cursor = child.start;
    }
    mark(node.start);
  }
  return stretches;
}
