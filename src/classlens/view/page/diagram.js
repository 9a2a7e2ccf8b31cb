/** The network: a thumbnail for each unit, a line for each weight. */

import { paintValues, ramp } from "./colours.js";
import { picture } from "./images.js";
import { html, keyList, short, svg } from "./marks.js";
import { reach } from "./network.js";

const MOST = 8;
const WIDTH = 56;
const GAP = 14;
// A column is as wide as this where there is room, and as its controls at least.
const COLUMN = 160;
const LEAST = { plain: 92, heads: 152 };

/**
 * @param {import("./payload.js").Scene} scene
 * @param {{onSelect: (unit: {layer: string, unit: number}) => void,
 *   onLink: (link: {layer: string, input: number, unit: number}) => void,
 *   heads?: (column: {index: number, name: string|null, count: number, activation: string}) => Node|null, room: number}} acts
 *   heads: what stands over a column of units, beside its name; room: how wide it had best be
 */
export function diagram(scene, { onSelect, onLink, heads, room }) {
  const { payload } = scene;
  const spec = payload.network;
  const columns = [
    { index: -1, name: null, count: spec.inputs, labels: payload.features },
    ...spec.layers.map((layer, depth) => ({
      index: depth,
      name: layer.name,
      count: layer.units,
      activation: layer.activation,
      labels: depth === spec.layers.length - 1 ? payload.classes : null,
    })),
  ];
  const top = heads ? 92 : 28;
  // Pixels are one picture, not so many features.
  const shown = columns.map((column, at) => (at === 0 && payload.image ? 1 : Math.min(column.count, MOST)));
  const folded = columns.some((column, at) => column.count > shown[at] && !(at === 0 && payload.image));
  const foot = folded ? 40 : 6;
  const height = Math.max(...shown) * (WIDTH + GAP) + top + foot;
  const least = heads ? LEAST.heads : LEAST.plain;
  const step = Math.min(COLUMN, Math.max(least, Math.floor((room - WIDTH - 20) / (columns.length - 1))));
  const place = (column, unit) => ({
    x: column * step + 10,
    y: top + (height - top - foot - shown[column] * (WIDTH + GAP)) / 2 + unit * (WIDTH + GAP),
  });
  const width = (columns.length - 1) * step + Math.max(WIDTH, folded ? 110 : WIDTH) + 20;
  const links = svg("svg", { width, height, class: "links" });
  const colours = ramp(payload.values);
  const thumbs = [];
  const drawn = [];
  const others = [];
  const key = keyList([
    ["positive", svg("path", { d: "M1 7H25", class: "link", "stroke-width": 3 }), "positive weight, the thicker the larger"],
    ["negative", svg("path", { d: "M1 7H25", class: "link negative", "stroke-width": 3 }), "dashed: negative weight"],
    ["values", svg("path", { d: "M1 2H9V12H1Z", fill: payload.values.positive.at(-2), stroke: "none" }), "unit's value over the plane: blue above 0, white 0, brown below", "Each small picture shows what the unit gives at every place of the large picture."],
  ]);
  const boxes = columns.flatMap((column, at) => [
    html("div", { class: "layer", style: `left:${place(at, 0).x}px` }, html("span", {}, heading(column)), heads?.(column) ?? ""),
    ...Array.from({ length: shown[at] }, (_, unit) => box(column, at, unit)),
    ...(column.count > shown[at] && !(at === 0 && payload.image) ? [more(column, at)] : []),
  ]);
  const element = html("div", { class: "diagram", style: `width:${width}px;height:${height}px` }, links, ...boxes);
  weave();
  if (payload.image && scene.y.length) element.querySelector(".input").prepend(picture(mean(), payload.image, "the examples' mean"));

  /** The mean of all examples, feature by feature. */
  function mean() {
    const sums = new Float64Array(spec.inputs);
    scene.X.forEach((value, i) => { sums[i % spec.inputs] += value / scene.y.length; });
    return sums;
  }

  function heading(column) {
    if (column.name === null) return payload.image ? `${column.count} pixels` : "features";
    return heads && column.index < spec.layers.length - 1 ? column.name : `${column.name} ${column.activation}`;
  }

  /** What has no place: named in a list, from which a unit is looked at as by its picture. */
  function more(column, at) {
    const said = `and ${column.count - shown[at]} more`;
    const style = `left:${place(at, 0).x}px;top:${height - 34}px`;
    if (column.name === null) return html("span", { class: "more", style }, said);
    const names = Array.from({ length: column.count }, (_, unit) => unit).slice(shown[at]);
    const list = html(
      "select",
      { class: "more", style, "aria-label": `more of ${column.name}`, title: "look at another unit", onchange: () => list.value && onSelect({ layer: column.name, unit: Number(list.value) }) },
      html("option", { value: "" }, said),
      ...names.map((unit) => html("option", { value: unit }, column.labels ? column.labels[unit] : `unit ${unit}`)),
    );
    others.push({ list, layer: column.name });
    return list;
  }

  function box(column, at, unit) {
    const { x, y } = place(at, unit);
    const style = `left:${x}px;top:${y}px`;
    const label = at === 0 && payload.image ? "pixels" : column.labels ? column.labels[unit] : `unit ${unit}`;
    const canvas = html("canvas", { class: "thumb" });
    const name = html("span", { class: "unit" }, label);
    if (column.name === null) {
      const plain = payload.plane.origin === null;
      if (plain) thumbs.push({ canvas, at, unit });
      return html("div", { class: plain || payload.image ? "box input" : "box input named", style, title: label }, ...(plain ? [canvas] : []), name);
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

  /** A line for each weight that has room, and a wide one over it that can be hit. */
  function weave() {
    const hits = [];
    spec.layers.forEach((layer, at) => {
      if (at === 0 && payload.image) return; // a picture has too many
      for (let input = 0; input < shown[at]; input += 1) {
        for (let unit = 0; unit < shown[at + 1]; unit += 1) {
          const [from, to] = [place(at, input), place(at + 1, unit)];
          const [x0, y0, x1, y1] = [from.x + WIDTH, from.y + WIDTH / 2, to.x, to.y + WIDTH / 2];
          const bend = (x1 - x0) / 2;
          const d = `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
          const line = svg("path", { d, class: "link" });
          const title = svg("title");
          const link = { at, input, unit, line, weight: NaN };
          const hit = svg("path", { d, class: "hit", "data-link": `${at}.${input}.${unit}` }, title);
          // A sentence for each weight would cost time while a training is played.
          hit.addEventListener("pointerenter", () => { title.textContent = `weight ${short(link.weight)}: click to change it`; });
          hit.addEventListener("click", () => onLink({ layer: layer.name, input, unit }));
          links.append(line);
          hits.push(hit);
          drawn.push(link);
        }
      }
    });
    links.append(...hits);
  }

  return {
    element,
    key: key.element,
    /**
     * @param {{network: import("./network.js").Network, grid: Float64Array, values: {a: Float64Array}[],
     *   side: number, off: Set<string>, selected: string|null}} view
     */
    draw(view) {
      thicken(view.network);
      const reaches = columns.map((column, at) => reach(at ? view.values[at - 1].a : view.grid));
      for (const { canvas, at, unit } of thumbs) {
        const values = at ? view.values[at - 1].a : view.grid;
        paintValues(canvas, { width: view.side, height: view.side }, colours, reaches[at], values, unit, columns[at].count);
      }
      for (const button of element.querySelectorAll("button.box")) {
        button.classList.toggle("off", view.off.has(button.dataset.unit));
        button.setAttribute("aria-pressed", String(button.dataset.unit === view.selected));
      }
      for (const { list, layer } of others) {
        const unit = view.selected?.startsWith(`${layer}.`) ? view.selected.slice(layer.length + 1) : "";
        list.value = unit;
        if (list.selectedIndex < 0) list.value = ""; // it has a picture
      }
    },
  };

  /** As thick as the weight is large, dashed where it is negative. */
  function thicken(network) {
    const largest = network.layers.map((layer) => reach(layer.kernel) || 1);
    for (const link of drawn) {
      const layer = network.layers[link.at];
      const weight = layer.kernel[link.input * layer.units + link.unit];
      const share = Math.abs(weight) / largest[link.at];
      if (weight === link.weight && share === link.share) continue;
      Object.assign(link, { weight, share });
      link.line.setAttribute("stroke-width", (0.4 + 4.6 * share).toFixed(2));
      link.line.setAttribute("class", weight < 0 ? "link negative" : "link");
    }
    key.show("positive", drawn.some(({ weight }) => weight > 0));
    key.show("negative", drawn.some(({ weight }) => weight < 0));
  }
}
