/** The large picture: which class wins where, where two meet, where units turn on, the examples. */

import { paint, region, rgb } from "./colours.js";
import { html, marker, svg } from "./marks.js";
import { numbers } from "./payload.js";
import { argmax, softmax } from "./network.js";

const SIZE = 400;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {[number, number][]} places of the examples
 * @param {(pick: {example: number|null, place: [number, number]}|null) => void} onPick
 */
export function decision(scene, places, onPick) {
  const { payload, classes } = scene;
  const [[left, right], [bottom, top]] = payload.window;
  const x = (s) => (SIZE * (s - left)) / (right - left);
  const y = (t) => (SIZE * (top - t)) / (top - bottom);
  const colours = payload.looks.map((look) => rgb(look.colour));

  const canvas = html("canvas", { class: "ground", role: "img" });
  const lines = svg("g", { class: "lines" });
  const dots = svg("g", { class: "dots" });
  const overlay = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "over" }, lines, dots);
  const note = html("p", { class: "quiet" });
  const [across, up] = payload.plane.names;
  const element = html(
    "figure",
    { class: "decision" },
    html("div", { class: "plane", tabindex: "0", "aria-label": "decision regions" }, canvas, overlay),
    axis(across, left, right, "across"),
    axis(up, bottom, top, "up"),
    legend(payload),
    note,
  );
  const plane = element.querySelector(".plane");

  const points = places.map(([s, t], n) => {
    const look = payload.looks[scene.y[n]];
    const radius = places.length > 400 ? 3 : 5;
    const shape = marker(look, x(s), y(t), radius);
    const ring = svg("circle", { cx: x(s), cy: y(t), r: radius + 3, class: "ring" });
    dots.append(ring, shape);
    return { shape, ring };
  });

  const pickAt = (event) => {
    const box = plane.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * SIZE;
    const py = ((event.clientY - box.top) / box.height) * SIZE;
    let example = null;
    let nearest = 12 ** 2;
    places.forEach(([s, t], n) => {
      const away = (x(s) - px) ** 2 + (y(t) - py) ** 2;
      if (away < nearest) [nearest, example] = [away, n];
    });
    const place = [left + (px / SIZE) * (right - left), top - (py / SIZE) * (top - bottom)];
    onPick({ example, place });
  };
  plane.addEventListener("pointermove", pickAt);
  plane.addEventListener("pointerdown", pickAt);
  plane.addEventListener("pointerleave", () => onPick(null));
  plane.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !places.length) return;
    event.preventDefault();
    const now = Number(plane.dataset.example ?? -step);
    const next = (now + step + places.length) % places.length;
    plane.dataset.example = String(next);
    onPick({ example: next, place: places[next] });
  });

  return {
    element,
    /**
     * @param {{logits: Float64Array, side: number, predicted: number[], picture: any,
     *   creases: boolean, pick: number|null, selected: string|null}} view
     */
    draw(view) {
      paint(canvas, view.side, (square) => {
        const row = view.logits.subarray(square * classes, (square + 1) * classes);
        const winner = argmax(row);
        return region(colours[winner], softmax(row)[winner], classes);
      });
      const right_ = view.predicted.filter((k, n) => k === scene.y[n]).length;
      canvas.setAttribute(
        "aria-label",
        places.length ? `decision regions; ${right_} of ${places.length} examples are right` : "decision regions",
      );
      lines.replaceChildren(...drawn(view));
      points.forEach(({ ring }, n) => {
        ring.classList.toggle("wrong", view.predicted[n] !== scene.y[n]);
        ring.classList.toggle("picked", view.pick === n);
      });
      note.textContent = said(view);
    },
  };

  function drawn(view) {
    if (!view.picture) return [];
    const shapes = [];
    if (view.creases) {
      for (const [name, text] of Object.entries(view.picture.creases)) {
        shapes.push(svg("path", { d: path(numbers(text)), class: name === view.selected ? "crease own" : "crease", "data-crease": name }));
      }
    }
    shapes.push(svg("path", { d: path(numbers(view.picture.boundaries)), class: "boundary" }));
    return shapes;
  }

  /** Segments of (start, end), four numbers each. */
  function path(segments) {
    const parts = [];
    for (let i = 0; i < segments.length; i += 4) {
      const [a, b, c, d] = segments.subarray(i, i + 4);
      parts.push(`M${x(a).toFixed(2)} ${y(b).toFixed(2)}L${x(c).toFixed(2)} ${y(d).toFixed(2)}`);
    }
    return parts.join("");
  }

  function said(view) {
    const parts = [];
    if (payload.plane.caption) parts.push(payload.plane.caption);
    if (!view.picture) parts.push("colours sampled on a grid; exact lines are kept for some epochs");
    else if (!view.picture.exact) parts.push("lines sampled, since an activation is curved");
    else parts.push(view.creases ? "lines exact; dashed: where units turn on" : "lines exact");
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
