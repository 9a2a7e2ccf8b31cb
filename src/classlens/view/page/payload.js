/** What the page is given, decoded: see docs/payload.md. */

import { networkOf, size } from "./network.js";

const VERSION = 1;

/**
 * Numbers from base64 of little-endian float32.
 * @param {string} text
 */
export function numbers(text) {
  const raw = atob(text);
  const bytes = Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/**
 * @typedef {object} Scene what is shown, with all arrays decoded
 * @property {object} payload
 * @property {Float64Array} X
 * @property {number[]} y
 * @property {Float64Array} parameters
 * @property {number} classes
 */

/**
 * Decode a payload.
 * @param {any} payload
 * @returns {Scene}
 */
export function open(payload) {
  if (payload.version !== VERSION) {
    throw new Error(`this page reads payloads of version ${VERSION}, and was given ${payload.version}`);
  }
  return {
    payload,
    X: payload.data ? numbers(payload.data.X) : new Float64Array(0),
    y: payload.data ? payload.data.y : [],
    parameters: numbers(payload.parameters),
    classes: payload.classes.length,
  };
}

/**
 * The network after one of the payload's epochs.
 * @param {Scene} scene
 * @param {number} index into payload.epochs
 */
export function networkAt(scene, index) {
  const count = size(scene.payload.network);
  return networkOf(scene.payload.network, scene.parameters.subarray(index * count, (index + 1) * count));
}

/**
 * The inputs at a place of the window.
 * @param {Scene} scene
 * @param {number} s
 * @param {number} t
 */
export function lift(scene, s, t) {
  const { origin, u, v } = scene.payload.plane;
  return origin === null ? [s, t] : origin.map((each, i) => each + s * u[i] + t * v[i]);
}

/**
 * The samples in the window's coordinates.
 * @param {Scene} scene
 * @returns {[number, number][]}
 */
export function places(scene) {
  const { origin, u, v } = scene.payload.plane;
  const inputs = scene.payload.network.inputs;
  return scene.y.map((_, n) => {
    const x = scene.X.subarray(n * inputs, (n + 1) * inputs);
    if (origin === null) return [x[0], x[1]];
    let s = 0;
    let t = 0;
    x.forEach((each, i) => {
      s += (each - origin[i]) * u[i];
      t += (each - origin[i]) * v[i];
    });
    return [s, t];
  });
}

/**
 * The inputs at the middles of a grid's squares over the window, the upper row first.
 * @param {Scene} scene
 * @param {number} side squares along each side
 */
export function grid(scene, side) {
  const [[left, right], [bottom, top]] = scene.payload.window;
  const inputs = scene.payload.network.inputs;
  const X = new Float64Array(side * side * inputs);
  for (let row = 0; row < side; row += 1) {
    const t = top - ((row + 0.5) * (top - bottom)) / side;
    for (let column = 0; column < side; column += 1) {
      const s = left + ((column + 0.5) * (right - left)) / side;
      X.set(lift(scene, s, t), (row * side + column) * inputs);
    }
  }
  return X;
}
