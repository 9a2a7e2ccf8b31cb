/** The explanation in words, of the epoch that is shown or of the nearest one that has some. */

import { html } from "./marks.js";

/** @param {Object<string, any>} words by epoch */
export function wordsPanel(words) {
  const epochs = Object.keys(words).map(Number);
  const note = html("p", { class: "quiet" });
  const body = html("div");
  const element = html("section", { class: "panel words" }, html("h2", {}, "In words"), note, body);
  let shown = null;
  return {
    element,
    /** The words of an epoch, if there are any of exactly this one. */
    at: (epoch) => words[String(epoch)] ?? null,
    /** @param {number} epoch @param {boolean} edited */
    draw(epoch, edited) {
      const nearest = epochs.reduce((a, b) => (Math.abs(b - epoch) < Math.abs(a - epoch) ? b : a), epochs[0]);
      note.textContent = edited
        ? "Of the network before it was edited here."
        : nearest === epoch
          ? ""
          : `Of epoch ${nearest}; words are kept for ${epochs.length === 1 ? "this epoch only" : `the epochs ${epochs.join(", ")}`}.`;
      if (shown === nearest) return;
      shown = nearest;
      body.replaceChildren(...words[String(nearest)].sections.flatMap(section));
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
