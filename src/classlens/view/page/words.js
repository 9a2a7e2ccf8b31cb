/** The explanation in words, of the epoch that is shown or of the nearest one that has some. */

import { html } from "./marks.js";

export function wordsPanel() {
  const note = html("p", { class: "quiet" });
  const body = html("div");
  const element = html("section", { class: "panel words" }, html("h2", {}, "In words"), note, body);
  let shown = null;
  return {
    element,
    /** Words, or none yet: those before stay until there are others. @param {{words: any, note: string}} told */
    draw({ words, note: said }) {
      note.textContent = said;
      element.classList.toggle("waiting", words === null);
      if (words === null || words === shown) return;
      shown = words;
      body.replaceChildren(...words.sections.flatMap(section));
    },
  };
}

function section({ title, parts }) {
  return [...(title ? [html("h3", {}, title)] : []), ...parts.map(part)];
}

function part(each) {
  if (typeof each === "string") return html("p", {}, each);
  const row = (cells, name) => html("tr", {}, ...cells.map((cell) => html(name, {}, cell)));
  return html("div", { class: "wide" }, html("table", {}, row(each.header, "th"), ...each.rows.map((cells) => row(cells, "td"))));
}
