/** Rows of pixels as pictures: examples, and the weights of units that look at pixels. */

import { scale } from "./colours.js";
import { html } from "./marks.js";

/**
 * A picture of an example, from its lowest pixel value (black) to its highest (white).
 * @param {ArrayLike<number>} values
 * @param {number[]} shape height, width and perhaps 3 colours
 * @param {string} label
 */
export function picture(values, shape, label) {
  const [height, width, colours = 1] = shape;
  const all = Array.from(values);
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  return drawn(height, width, label, (pixel) =>
    [0, 1, 2].map((colour) => (255 * (all[pixel * colours + (colours === 3 ? colour : 0)] - low)) / span),
  );
}

/**
 * A picture of weights, in the colours of values: one for each colour of the pixels.
 * @param {ArrayLike<number>} weights
 * @param {number[]} shape
 * @param {{positive: string[], negative: string[]}} ramps
 * @param {string} label
 */
export function weightPictures(weights, shape, ramps, label) {
  const [height, width, colours = 1] = shape;
  const reach = Array.from(weights).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const colour = scale(ramps, reach);
  const names = colours === 3 ? [" red", " green", " blue"] : [""];
  return names.map((name, k) => drawn(height, width, `${label}${name}`, (pixel) => colour(weights[pixel * colours + k])));
}

function drawn(height, width, label, colour) {
  const canvas = html("canvas", { class: "pixels", width, height, role: "img", "aria-label": label });
  canvas.style.aspectRatio = `${width} / ${height}`;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [red, green, blue] = colour(pixel);
    image.data.set([red, green, blue, 255], 4 * pixel);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
