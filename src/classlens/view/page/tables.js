/** A table of one's own: read by the server, then the column of the classes is chosen. */

import { html } from "./marks.js";

/**
 * @param {{ask: (request: any, onEvent: (event: any) => void) => Promise<void>, recipe: () => any,
 *   done: (recipe: any, name: string) => void, fail: (error: Error) => void}} acts
 */
export function tableDialog({ ask, recipe, done, fail }) {
  const body = html("div");
  const element = html("section", { class: "panel table", hidden: true }, html("h2", {}, "Your table"), body);

  /** @param {File} file */
  async function open(file) {
    try {
      const content = await base64(file);
      let read = null;
      await ask({ do: "table", name: file.name, content }, (event) => { read = event; });
      if (!read || read.event === "error") throw new Error(read?.message ?? "The server has not answered.");
      element.hidden = false;
      choose(read);
    } catch (error) {
      fail(error);
    }
  }

  function choose({ table, name, rows, columns, target, settings, notes }) {
    const column = html("select", { "aria-label": "column of the classes" }, ...columns.map((each) => html("option", { value: each.name, selected: each.name === target }, each.name)));
    const impute = html("input", { type: "checkbox" });
    const train = html("button", {
      type: "button",
      onclick: () => {
        const usual = recipe().settings;
        const known = Object.fromEntries(Object.keys(usual).map((each) => [each, settings[each] ?? null]));
        const data = { source: "file", table, target: column.value, missing: impute.checked ? "impute" : "refuse" };
        done({ data, inputs: ["x0", "x1"], standardise: false, settings: { ...known, seed: usual.seed } }, name);
      },
    }, "Train on it");
    body.replaceChildren(
      html("p", {}, `${name}: ${rows} rows, ${columns.length} columns.`),
      ...notes.map((note) => html("p", { class: "quiet" }, note)),
      html("label", { class: "field" }, html("span", {}, "column to predict"), column),
      html("label", {}, impute, " fill missing cells in"),
      html("p", {}, train),
    );
    column.focus();
  }

  return { element, open };
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parts = [];
  for (let i = 0; i < bytes.length; i += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  return btoa(parts.join(""));
}
