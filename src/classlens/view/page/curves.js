/** Loss and accuracy over the epochs, with a cursor at the one that is shown. */

import { html, keyList, svg } from "./marks.js";

const WIDTH = 300;
const HEIGHT = 110;
const MEANINGS = {
  loss: "How far the softmax is from the right classes, on average: training makes it small.",
  accuracy: "The share of examples that are predicted rightly.",
};

/** @param {any} history columns by name, or null */
export function curves(history, onEpoch) {
  if (!history || !history.epoch.length) return { element: html("div", { hidden: true }), draw() {} };
  const epochs = history.epoch;
  const last = epochs[epochs.length - 1];
  const x = (epoch) => (WIDTH * epoch) / last;
  const charts = [
    chart("loss", { training: history.loss, validation: history.val_loss }, Math.max(...history.loss.slice(0, 1), ...history.loss)),
    chart("accuracy", { training: history.accuracy, validation: history.val_accuracy }, 1),
  ];
  const key = keyList([
    ["training", svg("path", { d: "M1 7H25", class: "curve" }), "training"],
    ["validation", svg("path", { d: "M1 7H25", class: "curve validation" }), "dashed: validation, on examples held out"],
  ]);
  const element = html("div", { class: "curves" }, ...charts.map((each) => each.figure), ...(history.val_loss ? [key.element] : []));

  function chart(name, series, highest) {
    const y = (value) => HEIGHT - (HEIGHT * value) / (highest || 1);
    const cursor = svg("line", { y1: 0, y2: HEIGHT, class: "cursor" });
    const paths = Object.entries(series)
      .filter(([, values]) => values)
      .map(([which, values]) =>
        svg("polyline", { class: `curve ${which}`, points: values.map((value, i) => `${x(epochs[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }),
      );
    const picture = svg("svg", { viewBox: `0 -4 ${WIDTH} ${HEIGHT + 8}`, preserveAspectRatio: "none", role: "img", "aria-label": `${name} over the epochs` }, ...paths, cursor);
    picture.addEventListener("pointerdown", (event) => {
      const box = picture.getBoundingClientRect();
      onEpoch(Math.round(((event.clientX - box.left) / box.width) * last));
    });
    const caption = html("figcaption", { title: MEANINGS[name] });
    return { name, series, cursor, caption, figure: html("figure", {}, caption, picture) };
  }

  return {
    element,
    /** @param {number} epoch */
    draw(epoch) {
      for (const { name, series, cursor, caption } of charts) {
        cursor.setAttribute("x1", String(x(epoch)));
        cursor.setAttribute("x2", String(x(epoch)));
        const parts = Object.entries(series)
          .filter(([, values]) => values && epoch > 0)
          .map(([which, values]) => `${which} ${name === "loss" ? values[epoch - 1].toFixed(4) : `${(100 * values[epoch - 1]).toFixed(1)} %`}`);
        caption.textContent = parts.length ? `${name}: ${parts.join(", ")}` : name;
      }
    },
  };
}

