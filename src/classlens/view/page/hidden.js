/** The space of a layer's units: where two of them put the examples, and which class wins there. */

import { paintRegions, rgb } from "./colours.js";
import { sampledLines } from "./lines.js";
import { dotSize, html, marker, path, short, svg } from "./marks.js";
import { forward } from "./network.js";

const SIZE = 240;
const SIDE = 80;
const NEAR = 10;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {(example: number) => void} onPick
 */
export function hiddenPanel(scene, onPick) {
  const { payload } = scene;
  const depths = payload.network.layers.slice(0, -1).flatMap((layer, depth) => (layer.units >= 2 ? [depth] : []));
  if (!depths.length) return { element: html("div", { hidden: true }), draw() {}, mark() {} };
  const two = depths.filter((depth) => payload.network.layers[depth].units === 2);
  let depth = two.length ? two[two.length - 1] : depths[depths.length - 1];
  let pair = [0, 1];
  let last = null;
  let spots = [];
  const colours = payload.looks.slice(0, scene.classes).map((look) => rgb(look.colour));
  const canvas = html("canvas", { class: "ground", role: "img" });
  const ring = svg("circle", { r: 9, class: "ring picked" });
  const dots = svg("g");
  const lines = svg("path", { class: "boundary" });
  const plane = html("div", { class: "plane small" }, canvas, svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "over" }, lines, ring, dots));
  const note = html("p", { class: "quiet" });
  const title = html("h2");
  const layers = choice("layer", depths.map((each) => [each, payload.network.layers[each].name]), (value) => {
    depth = value;
    pair = [0, 1];
    units();
    again();
  });
  const choices = html("span");
  const element = html("section", { class: "panel hiddenspace" }, title, html("p", { class: "quiet" }, "Each example where the units of this layer put it: this is all that the next layer is given."), html("p", { class: "choices" }, ...(depths.length > 1 ? [layers] : []), choices), plane, note);
  units();
  plane.addEventListener("pointerdown", (event) => {
    const box = plane.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) / box.width) * SIZE, ((event.clientY - box.top) / box.height) * SIZE];
    const away = spots.map(([x, y]) => Math.hypot(x - px, y - py));
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] < NEAR) onPick(nearest);
  });

  /** The choice of two units, where there are more. */
  function units() {
    const { units: count, name } = payload.network.layers[depth];
    layers.value = String(depth);
    title.textContent = `What ${name} makes of the examples`;
    const all = Array.from({ length: count }, (_, unit) => [unit, `unit ${unit}`]);
    const selects = ["across", "up"].map((way, i) => {
      const select = choice(way, all, (value) => {
        pair = pair.map((each, k) => (k === i ? value : each));
        again();
      });
      select.value = String(pair[i]);
      return select;
    });
    choices.replaceChildren(...(count > 2 ? [" across ", selects[0], " up ", selects[1]] : []));
  }

  function again() {
    if (last) draw(...last);
  }

  /**
   * @param {import("./network.js").Network} network
   * @param {{a: Float64Array}[]} values of the examples
   * @param {number|null} picked
   */
  function draw(network, values, picked) {
    last = [network, values, picked];
    const { units: count } = network.layers[depth];
    const [first, second] = pair.map((unit) => scene.y.map((_, n) => values[depth].a[n * count + unit]));
    const [low, high] = [ends(first), ends(second)];
    const x = (v) => (SIZE * (v - low[0])) / (low[1] - low[0]);
    const y = (v) => SIZE - (SIZE * (v - high[0])) / (high[1] - high[0]);
    canvas.style.visibility = lines.style.visibility = count === 2 ? "" : "hidden";
    canvas.setAttribute("aria-label", `the examples in layer ${network.layers[depth].name}`);
    if (count === 2) ground(network, low, high);
    spots = first.map((value, n) => [x(value), y(second[n])]);
    const { radius, many } = dotSize(spots.length);
    dots.setAttribute("class", many ? "many" : "");
    dots.replaceChildren(...scene.y.map((k, n) => marker(payload.looks[k], ...spots[n], radius)));
    note.textContent = `${coincident(first, second)}${count > 2 ? ` Two of ${count} units.` : ""}`;
    mark(picked);
  }

  /** Which class wins where, if these two units are all that the next layer sees. */
  function ground(network, low, high) {
    const rest = { inputs: 2, layers: network.layers.slice(depth + 1) };
    const swapped = pair[0] > pair[1];
    const grid = new Float64Array(SIDE * SIDE * 2);
    for (let square = 0; square < SIDE * SIDE; square += 1) {
      grid[2 * square + (swapped ? 1 : 0)] = low[0] + (((square % SIDE) + 0.5) * (low[1] - low[0])) / SIDE;
      grid[2 * square + (swapped ? 0 : 1)] = high[1] - ((Math.floor(square / SIDE) + 0.5) * (high[1] - high[0])) / SIDE;
    }
    const logits = forward(rest, grid).at(-1).a;
    paintRegions(canvas, SIDE, logits, colours);
    const scaled = (value) => (SIZE * value) / SIDE;
    lines.setAttribute("d", path(sampledLines(logits, SIDE, colours.length), scaled, scaled));
  }

  /** How many examples of a class share one point: they look like a single dot. */
  function coincident(first, second) {
    const groups = new Map();
    scene.y.forEach((k, n) => {
      const key = `${k} ${first[n].toPrecision(6)} ${second[n].toPrecision(6)}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(n);
    });
    const largest = [...groups.values()].sort((p, q) => q.length - p.length)[0];
    if (largest.length < 2) return "Each example has a point of its own.";
    const n = largest[0];
    return `${largest.length} examples of ${payload.classes[scene.y[n]]} lie on one point, (${short(first[n])}, ${short(second[n])}).`;
  }

  /** Ring the example that is looked at. @param {number|null} example */
  function mark(example) {
    ring.style.display = example === null || !spots[example] ? "none" : "";
    if (example === null || !spots[example]) return;
    ring.setAttribute("cx", spots[example][0].toFixed(2));
    ring.setAttribute("cy", spots[example][1].toFixed(2));
  }

  return { element, draw, mark };
}

/** The range of one unit's activations, and some room on each side. */
function ends(values) {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const room = 0.1 * (high - low || 1);
  return [low - room, high + room];
}

function choice(name, options, onChange) {
  const select = html("select", { "aria-label": name, onchange: () => onChange(Number(select.value)) }, ...options.map(([value, text]) => html("option", { value }, text)));
  return select;
}
