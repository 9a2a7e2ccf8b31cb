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

/**
 * A scale that gives numbers colours: white at 0, the two signs apart, deepening fast at first.
 * @param {{positive: string[], negative: string[]}} values
 * @param {number} reach the largest number
 * @returns {(value: number) => number[]}
 */
export function scale(values, reach) {
  const positive = values.positive.map(rgb);
  const negative = values.negative.map(rgb);
  const most = reach || 1;
  return (value) =>
    value >= 0
      ? along(positive, (value / most) ** 0.65)
      : along(negative, (-value / most) ** 0.65);
}

/**
 * Fill a canvas with a grid of values, one pixel each; the page's style stretches it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} side
 * @param {(square: number) => ArrayLike<number>} colour
 */
export function paint(canvas, side, colour) {
  if (canvas.width !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let square = 0; square < side * side; square += 1) {
    const [red, green, blue] = colour(square);
    image.data[4 * square] = red;
    image.data[4 * square + 1] = green;
    image.data[4 * square + 2] = blue;
    image.data[4 * square + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/**
 * The colour of a class where it wins by a share of softmax: paler the less sure it is.
 * @param {number[]} own red, green, blue
 * @param {number} share of the winner, from 1 / classes to 1
 * @param {number} classes
 */
export function region(own, share, classes) {
  const least = 1 / classes;
  const sure = classes > 1 ? (share - least) / (1 - least) : 1;
  const darkness = 1 - (0.2126 * own[0] + 0.7152 * own[1] + 0.0722 * own[2]) / 255;
  const depth = Math.min(0.5, 0.28 / Math.max(darkness, 0.01)) * (0.25 + 0.75 * sure);
  return own.map((each) => 255 - depth * (255 - each));
}
