/** Tags as people type them, `error=true http.route="/a b"`, and as the API takes them, JSON. */

const PAIR = /\s*([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/y;

/** The tags as an object; throws an Error that says what cannot be read. */
export function parseTags(text) {
  const tags = {};
  PAIR.lastIndex = 0;
  let position = 0;
  while (text.slice(position).trim()) {
    const pair = PAIR.exec(text);
    if (!pair) throw new Error(`Tags are written key=value; “${text.slice(position).trim()}” is not.`);
    tags[pair[1]] = pair[2] === undefined ? pair[3] : pair[2].replace(/\\(.)/g, "$1");
    position = PAIR.lastIndex;
  }
  return tags;
}

/** The text for tags in JSON; what is no JSON stays as it is. */
export function tagText(json) {
  try {
    return Object.entries(JSON.parse(json)).map(([key, value]) => `${key}=${quoted(String(value))}`).join(" ");
  } catch {
    return json;
  }
}

function quoted(value) {
  return /[\s"]/.test(value) || value === "" ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}
