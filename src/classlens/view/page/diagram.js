/** The network: a thumbnail for each unit, a line for each weight. */

import { paint, scale } from "./colours.js";
import { html, short, svg } from "./marks.js";

const MOST = 8;
const WIDTH = 56;
const GAP = 14;
const COLUMN = 150;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {(unit: {layer: string, unit: number}|null) => void} onSelect
 */
export function diagram(scene, onSelect) {
  const { payload } = scene;
  const spec = payload.network;
  const columns = [
    { name: null, count: spec.inputs, labels: payload.features },
    ...spec.layers.map((layer, depth) => ({
      name: layer.name,
      count: layer.units,
      activation: layer.activation,
      labels: depth === spec.layers.length - 1 ? payload.classes : null,
    })),
  ];
  const shown = columns.map((column) => Math.min(column.count, MOST));
  const height = Math.max(...shown) * (WIDTH + GAP) + 34;
  const place = (column, unit) => ({
    x: column * COLUMN + 10,
    y: 28 + (height - 34 - shown[column] * (WIDTH + GAP)) / 2 + unit * (WIDTH + GAP),
  });

  const width = (columns.length - 1) * COLUMN + WIDTH + 20;
  const links = svg("svg", { width, height, class: "links", "aria-hidden": "true" });
  const thumbs = [];
  const boxes = columns.flatMap((column, at) => [
    html("span", { class: "layer", style: `left:${place(at, 0).x}px` }, heading(column)),
    ...Array.from({ length: shown[at] }, (_, unit) => box(column, at, unit)),
    ...(column.count > MOST ? [more(column, at)] : []),
  ]);
  const element = html("div", { class: "diagram", style: `width:${width}px;height:${height}px` }, links, ...boxes);

  function heading(column) {
    return column.name === null ? "features" : `${column.name} ${column.activation}`;
  }

  function more(column, at) {
    const { x } = place(at, 0);
    return html("span", { class: "more", style: `left:${x}px;top:${height - 14}px` }, `and ${column.count - MOST} more`);
  }

  function box(column, at, unit) {
    const { x, y } = place(at, unit);
    const style = `left:${x}px;top:${y}px`;
    const label = column.labels ? column.labels[unit] : `unit ${unit}`;
    const canvas = html("canvas", { class: "thumb" });
    const name = html("span", { class: "unit" }, label);
    if (column.name === null) {
      if (payload.plane.origin === null) thumbs.push({ canvas, at, unit });
      return html("div", { class: "box input", style, title: label }, ...(payload.plane.origin === null ? [canvas] : []), name);
    }
    thumbs.push({ canvas, at, unit });
    const choose = () => onSelect({ layer: column.name, unit });
    return html(
      "button",
      { class: "box", style, type: "button", onclick: choose, "data-unit": `${column.name}.${unit}`, "aria-label": `${column.name} ${label}` },
      canvas,
      name,
    );
  }

  return {
    element,
    /**
     * @param {{network: import("./network.js").Network, grid: Float64Array, values: {a: Float64Array}[],
     *   side: number, off: Set<string>, selected: string|null}} view
     */
    draw(view) {
      drawLinks(view.network);
      const reaches = columns.map((column, at) => (at ? reach(view.values[at - 1].a) : reach(view.grid)));
      for (const { canvas, at, unit } of thumbs) {
        const values = at ? view.values[at - 1].a : view.grid;
        const colour = scale(payload.values, reaches[at]);
        const count = columns[at].count;
        paint(canvas, view.side, (square) => colour(values[square * count + unit]));
      }
      for (const button of element.querySelectorAll("button")) {
        button.classList.toggle("off", view.off.has(button.dataset.unit));
        button.setAttribute("aria-pressed", String(button.dataset.unit === view.selected));
      }
    },
  };

  function drawLinks(network) {
    const paths = [];
    network.layers.forEach((layer, at) => {
      const largest = reach(layer.kernel) || 1;
      for (let i = 0; i < shown[at]; i += 1) {
        for (let j = 0; j < shown[at + 1]; j += 1) {
          const weight = layer.kernel[i * layer.units + j];
          const from = place(at, i);
          const to = place(at + 1, j);
          const [x0, y0, x1, y1] = [from.x + WIDTH, from.y + WIDTH / 2, to.x, to.y + WIDTH / 2];
          const bend = (x1 - x0) / 2;
          const link = svg("path", {
            d: `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`,
            class: weight < 0 ? "link negative" : "link",
            "stroke-width": (0.4 + (4.6 * Math.abs(weight)) / largest).toFixed(2),
          });
          link.append(svg("title", {}, short(weight)));
          paths.push(link);
        }
      }
    });
    links.replaceChildren(...paths);
  }
}

/** The largest size of some numbers. */
export function reach(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
