/** The table of confusions, with accuracy and loss. */

import { html } from "./marks.js";

const MOST = 12;

/** @param {string[]} classes */
export function confusionPanel(classes) {
  const summary = html("p");
  const kinds = html("ul", { class: "parts" });
  const table = html("div", { class: "wide" });
  const element = html("section", { class: "panel confusion" }, html("h2", {}, "Right and wrong"), summary, kinds, table);
  const shown = classes.slice(0, MOST);
  return {
    element,
    /**
     * @param {{loss: number, right: number, accuracy: number, samples: number, confusion: number[][]}} score
     * @param {{name: string, right: number, of: number}[]} parts those learned from, watched, kept for the end
     */
    draw(score, parts) {
      summary.textContent = `${score.right} of ${score.samples} examples are right (${percent(score.accuracy)}). Loss ${score.loss.toFixed(4)}.`;
      kinds.replaceChildren(...parts.map(({ name, right, of }) => html("li", {}, `${name}: ${right} of ${of} right (${percent(right / of)})`)));
      table.replaceChildren(
        html(
          "table",
          {},
          html("caption", { class: "quiet" }, classes.length > MOST ? `rows: the class; columns: what is predicted; the first ${MOST}` : "rows: the class; columns: what is predicted"),
          html("tr", {}, html("td"), ...shown.map((name) => html("th", { scope: "col" }, name))),
          ...shown.map((name, k) =>
            html(
              "tr",
              {},
              html("th", { scope: "row" }, name),
              ...shown.map((_, j) => {
                const count = score.confusion[k]?.[j] ?? 0;
                return html("td", { class: count ? (j === k ? "right" : "wrong") : "none" }, String(count));
              }),
            ),
          ),
        ),
      );
    },
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
