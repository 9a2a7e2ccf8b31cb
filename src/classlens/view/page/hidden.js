/** The space of a layer with two units: where it puts the examples, and which class wins there. */

import { paint, region, rgb } from "./colours.js";
import { html, marker, short, svg } from "./marks.js";
import { argmax, forward, softmax } from "./network.js";

const SIZE = 240;
const SIDE = 60;

/** @param {import("./payload.js").Scene} scene */
export function hiddenPanel(scene) {
  const { payload, classes } = scene;
  const depths = payload.network.layers.slice(0, -1).flatMap((layer, depth) => (layer.units === 2 ? [depth] : []));
  if (!depths.length || !scene.y.length) return { element: html("div", { hidden: true }), draw() {} };
  const depth = depths[depths.length - 1];
  const layer = payload.network.layers[depth];
  const colours = payload.looks.map((look) => rgb(look.colour));
  const canvas = html("canvas", { class: "ground", role: "img", "aria-label": `the examples in layer ${layer.name}` });
  const dots = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "over" });
  const note = html("p", { class: "quiet" });
  const element = html(
    "section",
    { class: "panel hiddenspace" },
    html("h2", {}, `What ${layer.name} makes of the examples`),
    html("div", { class: "plane small" }, canvas, dots),
    note,
  );
  return {
    element,
    /** @param {import("./network.js").Network} network @param {{a: Float64Array}[]} values of the examples */
    draw(network, values) {
      const { a } = values[depth];
      const [low, high] = [0, 1].map((pick) => ends(a, pick));
      const x = (v) => (SIZE * (v - low[0])) / (low[1] - low[0]);
      const y = (v) => SIZE - (SIZE * (v - high[0])) / (high[1] - high[0]);
      const rest = { inputs: 2, layers: network.layers.slice(depth + 1) };
      const grid = new Float64Array(SIDE * SIDE * 2);
      for (let square = 0; square < SIDE * SIDE; square += 1) {
        grid[2 * square] = low[0] + (((square % SIDE) + 0.5) * (low[1] - low[0])) / SIDE;
        grid[2 * square + 1] = high[1] - ((Math.floor(square / SIDE) + 0.5) * (high[1] - high[0])) / SIDE;
      }
      const logits = forward(rest, grid).at(-1).a;
      paint(canvas, SIDE, (square) => {
        const row = logits.subarray(square * classes, (square + 1) * classes);
        const winner = argmax(row);
        return region(colours[winner], softmax(row)[winner], classes);
      });
      dots.replaceChildren(...scene.y.map((k, n) => marker(payload.looks[k], x(a[2 * n]), y(a[2 * n + 1]), 5)));
      note.textContent = coincident(a);
    },
  };

  /** The range of one unit's activations, and some room on each side. */
  function ends(a, pick) {
    let [low, high] = [Infinity, -Infinity];
    for (let n = pick; n < a.length; n += 2) {
      low = Math.min(low, a[n]);
      high = Math.max(high, a[n]);
    }
    const room = 0.1 * (high - low || 1);
    return [low - room, high + room];
  }

  /** How many examples of a class share one point: they look like a single dot. */
  function coincident(a) {
    const groups = new Map();
    scene.y.forEach((k, n) => {
      const key = `${k} ${a[2 * n].toPrecision(6)} ${a[2 * n + 1].toPrecision(6)}`;
      groups.set(key, [...(groups.get(key) ?? []), n]);
    });
    const largest = [...groups.values()].sort((p, q) => q.length - p.length)[0];
    if (largest.length < 2) return "Each example has a point of its own.";
    const n = largest[0];
    return `${largest.length} examples of ${payload.classes[scene.y[n]]} lie on one point, (${short(a[2 * n])}, ${short(a[2 * n + 1])}).`;
  }
}
