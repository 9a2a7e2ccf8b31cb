/** From numbers and classes to colours. */

/** @param {string} hex @returns {[number, number, number]} */
export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** A ramp of colours, evaluated at a share from 0 to 1. */
function along(ramp, share) {
  const place = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const at = Math.min(Math.floor(place), ramp.length - 2);
  const part = place - at;
  return ramp[at].map((each, i) => each + part * (ramp[at + 1][i] - each));
}

/** One pixel as ImageData has it, where the lowest byte comes first. */
const pixel = ([red, green, blue]) => (255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);

const STEPS = 400;

/**
 * The colours of values from the lowest to the highest: white at 0, the two signs apart, deepening
 * fast at first.
 * @param {{positive: string[], negative: string[]}} values
 * @returns {Int32Array} pixels for -1 to 1
 */
export function ramp(values) {
  const positive = values.positive.map(rgb);
  const negative = values.negative.map(rgb);
  return Int32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
    const share = (i - STEPS) / STEPS;
    return pixel(along(share >= 0 ? positive : negative, Math.abs(share) ** 0.65));
  });
}

/** Canvas -> its context and pixels, made once for each size. */
const surfaces = new WeakMap();

function surface(canvas, width, height) {
  let kept = surfaces.get(canvas);
  if (!kept || canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    kept = { context, image, pixels: new Int32Array(image.data.buffer) };
    surfaces.set(canvas, kept);
  }
  return kept;
}

/**
 * Fill a canvas with numbers, one pixel each; the page's style stretches it.
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size
 * @param {Int32Array} colours of ``ramp``
 * @param {number} reach the size of the number that has the ramp's last colour
 * @param {ArrayLike<number>} numbers every `stride`-th from `from` on
 */
export function paintValues(canvas, { width, height }, colours, reach, numbers, from = 0, stride = 1) {
  const { context, image, pixels } = surface(canvas, width, height);
  const factor = STEPS / (reach || 1);
  for (let i = 0; i < pixels.length; i += 1) {
    const place = Math.round(numbers[from + i * stride] * factor);
    pixels[i] = colours[STEPS + Math.min(Math.max(place, -STEPS), STEPS)];
  }
  context.putImageData(image, 0, 0);
}

/**
 * Fill a canvas with the classes that win, paler where softmax is less sure.
 * @param {HTMLCanvasElement} canvas
 * @param {number} side squares along each side
 * @param {Float64Array} logits side x side x classes
 * @param {number[][]} colours red, green, blue of each class
 */
export function paintRegions(canvas, side, logits, colours) {
  const { context, image, pixels } = surface(canvas, side, side);
  const classes = colours.length;
  const least = 1 / classes;
  const depths = colours.map(depth);
  for (let i = 0; i < pixels.length; i += 1) {
    const from = i * classes;
    let winner = 0;
    for (let k = 1; k < classes; k += 1) if (logits[from + k] > logits[from + winner]) winner = k;
    let sum = 0;
    for (let k = 0; k < classes; k += 1) sum += Math.exp(logits[from + k] - logits[from + winner]);
    const sure = classes > 1 ? (1 / sum - least) / (1 - least) : 1;
    const strength = depths[winner] * (0.25 + 0.75 * sure);
    const [red, green, blue] = colours[winner];
    const r = 255 - strength * (255 - red);
    const g = 255 - strength * (255 - green);
    const b = 255 - strength * (255 - blue);
    pixels[i] = (255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
  }
  context.putImageData(image, 0, 0);
}

/** How deep a class's colour may be where it is certain: dark ones less, so that points stay seen. */
function depth([red, green, blue]) {
  const darkness = 1 - (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  return Math.min(0.5, 0.28 / Math.max(darkness, 0.01));
}

/**
 * Fill a canvas with pixels as they are.
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size
 * @param {(pixel: number) => number[]} colour red, green, blue of each, 0 to 255
 */
export function paintPixels(canvas, { width, height }, colour) {
  const { context, image, pixels } = surface(canvas, width, height);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = pixel(colour(i));
  context.putImageData(image, 0, 0);
}
