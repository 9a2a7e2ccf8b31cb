/** SVG helpers, and the classes' markers. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An SVG element.
 * @param {string} name
 * @param {Object<string, string|number>} [attributes]
 * @param {...(Node|string)} children
 */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * An HTML element.
 * @param {string} name
 * @param {Object<string, any>} [properties] attributes, and `on...` handlers
 * @param {...(Node|string)} children
 */
export function html(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") element.style.cssText = value; // a style attribute is not allowed
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

const polygon = (corners, turn) =>
  Array.from({ length: corners }, (_, i) => {
    const angle = ((turn + (360 * i) / corners) * Math.PI) / 180;
    return [Math.sin(angle), -Math.cos(angle)];
  });
const star = Array.from({ length: 10 }, (_, i) => {
  const angle = (36 * i * Math.PI) / 180;
  const reach = i % 2 ? 0.45 : 1.1;
  return [reach * Math.sin(angle), -reach * Math.cos(angle)];
});
const cross = [
  [-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35],
  [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35],
];
const turned = (points) => points.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);

/** Marker -> corners around 0, of about radius 1; the circle has none. @type {Object<string, number[][]>} */
const SHAPES = {
  square: polygon(4, 45),
  triangle: polygon(3, 0),
  diamond: polygon(4, 0),
  plus: cross,
  cross: turned(cross),
  "triangle down": polygon(3, 180),
  star,
  "triangle left": polygon(3, 270),
  pentagon: polygon(5, 0),
  "triangle right": polygon(3, 90),
};

/**
 * A class's marker at a place.
 * @param {{colour: string, marker: string}} look
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {Object<string, string|number>} [attributes]
 */
export function marker(look, x, y, radius, attributes = {}) {
  const style = { fill: look.colour, class: "point", ...attributes };
  const shape = SHAPES[look.marker];
  if (!shape) return svg("circle", { cx: x, cy: y, r: radius * 0.85, ...style });
  const points = shape.map(([dx, dy]) => `${(x + radius * dx).toFixed(2)},${(y + radius * dy).toFixed(2)}`);
  return svg("polygon", { points: points.join(" "), ...style });
}

/**
 * How large so many points are drawn, so that they leave the picture to be seen.
 * @param {number} count
 * @returns {{radius: number, many: boolean}} many: whether they are to be pale, too
 */
export function dotSize(count) {
  const radius = count > 3000 ? 1.8 : count > 1000 ? 2.4 : count > 400 ? 3 : 5;
  return { radius, many: count > 1000 };
}

/**
 * A key: small samples with what they mean, each shown where it occurs.
 * @param {[name: string, sample: SVGElement, words: string, title?: string][]} rows
 */
export function keyList(rows) {
  const items = new Map(
    rows.map(([name, sample, words, title]) => [
      name,
      html("li", { "data-key": name, title: title ?? null }, svg("svg", { viewBox: "0 0 26 14", class: "sample", "aria-hidden": "true" }, sample), words),
    ]),
  );
  return {
    element: html("ul", { class: "keys", "aria-label": "key" }, ...items.values()),
    /** @param {string} name @param {boolean} occurs */
    show(name, occurs) {
      const item = items.get(name);
      if (item.hidden === occurs) item.hidden = !occurs; // the same again would still cost time
    },
  };
}

/** A number as a reader wants it. @param {number} value */
export function short(value) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.01 && size < 1000)) return value.toFixed(2);
  return Number(value.toPrecision(3)).toString();
}

/**
 * Segments as a path: four numbers each, both ends.
 * @param {ArrayLike<number>} segments
 * @param {(s: number) => number} x
 * @param {(t: number) => number} y
 */
export function path(segments, x, y) {
  const parts = [];
  for (let i = 0; i + 3 < segments.length; i += 4) {
    parts.push(`M${x(segments[i]).toFixed(2)} ${y(segments[i + 1]).toFixed(2)}L${x(segments[i + 2]).toFixed(2)} ${y(segments[i + 3]).toFixed(2)}`);
  }
  return parts.join("");
}
