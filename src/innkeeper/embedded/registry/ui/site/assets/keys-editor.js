import { apiPath } from "./address.js";
import { element } from "./dom.js";

/**
 * Ask for a key and its value, and write them. A key that is edited is written only if nobody else
 * has meanwhile, a new one only if there is none; its list shows the change by itself.
 */
export function askForKey({ prefix, entry = null, text = "" }) {
  const key = element("input", {
    id: "key-name",
    value: entry ? entry.Key : prefix,
    readonly: entry !== null,
    required: true,
    maxlength: "512",
    spellcheck: "false",
    autocomplete: "off",
  });
  const value = element("textarea", { id: "key-value", rows: "8", spellcheck: "false" });
  value.value = text;
  const index = entry ? entry.ModifyIndex : 0;
  const conflict = entry
    ? "Somebody has changed this key meanwhile. Close this to see what it says now."
    : "There is a key of this name already.";
  const dialog = open(
    entry ? "Edit a key" : "Add a key",
    [field("Key", key), field("Value", value)],
    "Save",
    async () => {
      const path = `${apiPath("kv/", key.value)}?cas=${index}&flags=${entry?.Flags ?? 0}`;
      const done = await send("PUT", path, value.value);
      if (!done) throw new Error(conflict);
    },
  );
  const first = entry ? value : key;
  first.focus();
  if (!entry) key.setSelectionRange(key.value.length, key.value.length);
  return dialog;
}

/** Delete a key once the reader has said so twice. */
export function askToDelete(entry) {
  const text = element("p", {}, "Delete ", element("code", {}, entry.Key), " and its value?");
  return open("Delete a key", [text], "Delete", async () => {
    const done = await send("DELETE", `${apiPath("kv/", entry.Key)}?cas=${entry.ModifyIndex}`);
    if (!done) throw new Error("Somebody has changed this key meanwhile. Close this to see it.");
  });
}

function open(title, parts, action, act) {
  const problem = element("p", { class: "field__error", role: "alert" });
  const button = element("button", { class: "button" }, action);
  const form = element(
    "form",
    { class: "stack" },
    element("h2", { id: "dialog-title" }, title),
    ...parts,
    problem,
    element("div", { class: "actions" }, button, cancel()),
  );
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    try {
      await act();
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const cancel = () =>
  element(
    "button",
    {
      type: "button",
      class: "button button--quiet",
      onclick: (event) => event.target.closest("dialog").close(),
    },
    "Cancel",
  );

function field(label, input) {
  return element("div", { class: "field" }, element("label", { for: input.id }, label), input);
}

/** Whether a write was done; false when its condition did not hold. */
async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, { method, body });
  } catch {
    throw new Error("The registry does not answer.");
  }
  const said = (await response.text()).trim();
  if (!response.ok) throw new Error(said || `The registry answered ${response.status}.`);
  return said === "true";
}
