/** Rows of pixels as pictures: examples, and the weights of units that look at pixels. */

import { paintPixels, paintValues, ramp } from "./colours.js";
import { html } from "./marks.js";
import { reach } from "./network.js";

/**
 * A picture of an example, from its lowest pixel value (black) to its highest (white).
 * @param {ArrayLike<number>} values
 * @param {number[]} shape height, width and perhaps 3 colours
 * @param {string} label
 */
export function picture(values, [height, width, colours = 1], label) {
  const all = Array.from(values);
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const shade = (at) => (255 * (all[at] - low)) / span;
  const canvas = blank(height, width, label);
  paintPixels(canvas, { width, height }, (pixel) => [0, 1, 2].map((k) => shade(colours === 3 ? 3 * pixel + k : pixel)));
  return canvas;
}

/**
 * Pictures of weights, in the colours of values: one for each colour of the pixels.
 * @param {ArrayLike<number>} weights
 * @param {number[]} shape
 * @param {{positive: string[], negative: string[]}} values
 * @param {string} label
 */
export function weightPictures(weights, [height, width, colours = 1], values, label) {
  const names = colours === 3 ? [" red", " green", " blue"] : [""];
  return names.map((name, k) => {
    const canvas = blank(height, width, `${label}${name}`);
    paintValues(canvas, { width, height }, ramp(values), reach(weights), weights, k, colours);
    return canvas;
  });
}

function blank(height, width, label) {
  const canvas = html("canvas", { class: "pixels", role: "img", "aria-label": label });
  canvas.style.aspectRatio = `${width} / ${height}`;
  return canvas;
}
