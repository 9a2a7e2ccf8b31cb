/** The large picture: which class wins where, where two meet, where units turn on, the examples. */

import { paintRegions, rgb } from "./colours.js";
import { dotSize, html, keyList, marker, path, svg } from "./marks.js";
import { heldOut, numbers } from "./payload.js";
import { nearestPoint } from "./nearest.js";
import { pointing } from "./points.js";

const SIZE = 400;
// So many creases are drawn thinner and paler, or they would hide the picture.
const MANY = 100;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {[number, number][]} places of the examples
 * @param {{onPick: (pick: {example: number|null, place: number[]}|null, pinned?: boolean) => void,
 *   tools: import("./points.js").Tools|null}} acts
 */
export function decision(scene, places, { onPick, tools }) {
  const { payload } = scene;
  const [[left, right], [bottom, top]] = payload.window;
  const x = (s) => (SIZE * (s - left)) / (right - left);
  const y = (t) => (SIZE * (top - t)) / (top - bottom);
  const back = (px, py) => [left + (px / SIZE) * (right - left), top - (py / SIZE) * (top - bottom)];
  const colours = payload.looks.slice(0, scene.classes).map((look) => rgb(look.colour));

  const canvas = html("canvas", { class: "ground", role: "img" });
  const lines = svg("g", { class: "lines" });
  const reaching = svg("line", { class: "reach" });
  const dots = svg("g", { class: "dots" });
  const overlay = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "over" }, lines, reaching, dots);
  const note = html("p", { class: "quiet" });
  const key = keyList([
    ["boundary", svg("path", { d: "M1 7H25", "stroke-width": 1.8 }), "boundary", "Here the class that wins changes. The paler the ground, the less sure the network is."],
    ["crease", svg("path", { d: "M1 7H25", "stroke-dasharray": "4 3" }), "a unit turns on here", "On one side of the line a hidden unit is at work, on the other it gives 0 or little. Boundaries can bend only at such lines."],
    ["wrong", svg("path", { d: "M7 7a6 6 0 1 0 12 0a6 6 0 1 0 -12 0", "stroke-width": 1.4 }), "circled: predicted wrongly"],
    ["out", svg("path", { d: "M9 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "stroke-width": 1.8, class: "dark" }), "dark rim: held out, not learned from"],
  ]);
  const [across, up] = payload.plane.names;
  const hint = "Arrow keys go from example to example, Escape lets go.";
  const plane = html("div", { class: "plane", tabindex: "0", role: "application", "aria-label": `decision regions. ${hint}` }, canvas, overlay);
  const element = html(
    "figure",
    { class: "decision" },
    plane,
    axis(across, left, right, "across"),
    axis(up, bottom, top, "up"),
    legend(payload),
    key.element,
    note,
  );
  let points = [];
  let segments = new Float64Array(0);
  setPoints(places);
  pointing(plane, overlay, { size: SIZE, back, to: ([s, t]) => [x(s), y(t)], places: () => places, onPick, tools });

  /** Other examples, as many or not, in the same window. */
  function setPoints(given) {
    places = given;
    const out = heldOut(scene);
    const { radius, many } = dotSize(places.length);
    dots.classList.toggle("many", many);
    key.show("out", out.size > 0);
    points = places.map(([s, t], n) => {
      const shape = marker(payload.looks[scene.y[n]], x(s), y(t), radius, out.has(n) ? { class: "point out" } : {});
      const ring = svg("circle", { cx: x(s).toFixed(2), cy: y(t).toFixed(2), r: radius + (many ? 1.6 : 3), class: "ring" });
      return { shape, ring };
    });
    dots.replaceChildren(...points.flatMap(({ shape, ring }) => [ring, shape]));
  }

  return {
    element,
    setPoints,
    /**
     * @param {{logits: Float64Array, side: number, predicted: number[], picture: any, lines: number[]|null,
     *   folds: Object<string, number[]>, creases: boolean, pick: number|null, selected: string|null}} view
     */
    draw(view) {
      if (view.logits !== plane.drawn || view.picture !== plane.picture || view.creases !== plane.creases || view.selected !== plane.selected) drawGround(view);
      key.show("wrong", view.predicted.some((k, n) => k !== scene.y[n]));
      points.forEach(({ ring }, n) => {
        const kind = view.pick === n ? "ring picked" : view.predicted[n] !== scene.y[n] ? "ring wrong" : "ring";
        if (ring.getAttribute("class") !== kind) ring.setAttribute("class", kind);
      });
    },
    /** The place of a boundary that is nearest to a place, in the plane that is shown. */
    nearest: (place) => nearestPoint(segments, place),
    /** Show the way from a place to its nearest boundary. @param {{from: number[], to: number[]}|null} way */
    reach(way) {
      reaching.style.display = way ? "" : "none";
      if (!way) return;
      const ends = { x1: x(way.from[0]), y1: y(way.from[1]), x2: x(way.to[0]), y2: y(way.to[1]) };
      for (const [name, value] of Object.entries(ends)) reaching.setAttribute(name, value.toFixed(2));
    },
  };

  function drawGround(view) {
    Object.assign(plane, { drawn: view.logits, picture: view.picture, creases: view.creases, selected: view.selected });
    paintRegions(canvas, view.side, view.logits, colours);
    const right_ = view.predicted.filter((k, n) => k === scene.y[n]).length;
    canvas.setAttribute(
      "aria-label",
      places.length ? `decision regions; ${right_} of ${places.length} examples are right` : "decision regions",
    );
    segments = view.picture ? numbers(view.picture.boundaries) : inPlane(view.lines, view.side);
    const folds = creases(view);
    lines.replaceChildren(...folds, svg("path", { d: path(segments, x, y), class: "boundary" }));
    lines.classList.toggle("many", folds.length > MANY);
    key.show("boundary", segments.length > 0);
    key.show("crease", folds.some((each) => each.getAttribute("d")));
    const said = words(view);
    if (note.textContent !== said) note.textContent = said;
  }

  /** Sampled lines, from squares to the window's coordinates. */
  function inPlane(squares, side) {
    return Float64Array.from(squares, (value, i) => back((SIZE * value) / side, (SIZE * value) / side)[i % 2]);
  }

  function creases(view) {
    if (!view.creases) return [];
    const found = Object.entries(view.picture ? view.picture.creases : view.folds);
    const scaled = (value) => (SIZE * value) / view.side;
    const d = (given) => (view.picture ? path(numbers(given), x, y) : path(given, scaled, scaled));
    return found.map(([name, given]) =>
      svg("path", { d: d(given), class: name === view.selected ? "crease own" : "crease", "data-crease": name }),
    );
  }

  function words(view) {
    const parts = [];
    if (payload.plane.caption) parts.push(payload.plane.caption);
    if (!view.picture) parts.push("lines sampled on a grid");
    else if (!view.picture.exact) parts.push("lines sampled, since an activation is curved");
    else parts.push("lines exact");
    return `${parts.join("; ")}.`;
  }
}

/** The name and the two ends of an axis. */
function axis(name, low, high, way) {
  const ends = [low, high].map((end) => Number(end.toPrecision(3)).toString());
  return html(
    "div",
    { class: `axis ${way}`, "aria-hidden": "true" },
    html("span", {}, ends[0]),
    html("span", { class: "name" }, name),
    html("span", {}, ends[1]),
  );
}

/** Class names with their markers. */
function legend(payload) {
  return html(
    "ul",
    { class: "legend" },
    ...payload.classes.map((name, k) =>
      html(
        "li",
        {},
        svg("svg", { viewBox: "-8 -8 16 16", class: "key", "aria-hidden": "true" }, marker(payload.looks[k], 0, 0, 6)),
        name,
      ),
    ),
  );
}
