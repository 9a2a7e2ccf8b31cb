/** The table of confusions, with accuracy and loss. */

import { html } from "./marks.js";

const MOST = 12;

/** @param {string[]} classes */
export function confusionPanel(classes) {
  const summary = html("p");
  const table = html("div", { class: "wide" });
  const element = html("section", { class: "panel confusion" }, html("h2", {}, "Right and wrong"), summary, table);
  const shown = classes.slice(0, MOST);
  return {
    element,
    /** @param {{loss: number, right: number, accuracy: number, confusion: number[][]}} score @param {number} samples */
    draw(score, samples) {
      summary.textContent = `${score.right} of ${samples} examples are right (${(100 * score.accuracy).toFixed(1)} %). Loss ${score.loss.toFixed(4)}.`;
      table.replaceChildren(
        html(
          "table",
          {},
          html("caption", { class: "quiet" }, classes.length > MOST ? `classes (rows) by prediction (columns), the first ${MOST}` : "classes (rows) by prediction (columns)"),
          html("tr", {}, html("td"), ...shown.map((name) => html("th", { scope: "col" }, name))),
          ...shown.map((name, k) =>
            html(
              "tr",
              {},
              html("th", { scope: "row" }, name),
              ...shown.map((_, j) => {
                const count = score.confusion[k][j];
                return html("td", { class: count ? (j === k ? "right" : "wrong") : "none" }, String(count));
              }),
            ),
          ),
        ),
      );
    },
  };
}
