/** What the page is given, decoded: see docs/reference/payload.md. */

import { INPUTS } from "./inputs.js";
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
 * @property {number} classes that the network knows; points may be of others that it has not learned
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
  const names = payload.plane.inputs ?? [];
  for (const name of names) if (!Object.hasOwn(INPUTS, name)) throw new Error(`the input ${name} is not known here`);
  return {
    payload,
    X: payload.data ? numbers(payload.data.X) : new Float64Array(0),
    y: payload.data ? payload.data.y : [],
    parameters: numbers(payload.parameters),
    classes: payload.network.layers[payload.network.layers.length - 1].units,
  };
}

/**
 * Numbers as base64 of little-endian float32.
 * @param {ArrayLike<number>} values
 */
export function encoded(values) {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i += 1) view.setFloat32(4 * i, values[i], true);
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
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
  const { inputs, origin, u, v } = scene.payload.plane;
  if (inputs) return inputs.map((name) => INPUTS[name](s, t));
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
  if (scene.payload.plane.inputs) {
    const kept = numbers(scene.payload.data?.places ?? "");
    return scene.y.map((_, n) => [kept[2 * n], kept[2 * n + 1]]);
  }
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
 * How many of the samples that were learned from, watched or kept for the end are right.
 * @param {Scene} scene
 * @param {number[]} predicted
 * @returns {{name: string, right: number, of: number}[]} empty where all were learned from
 */
export function rowsOf(scene, predicted) {
  const { parts, data } = scene.payload;
  if (!parts || !(parts.watched.length + parts.test.length)) return [];
  const [watched, test] = [new Set(parts.watched), new Set(parts.test)];
  const counts = { training: [0, 0], validation: [0, 0], test: [0, 0] };
  scene.y.forEach((k, n) => {
    const row = data.rows ? data.rows[n] : n;
    const count = counts[watched.has(row) ? "validation" : test.has(row) ? "test" : "training"];
    count[0] += predicted[n] === k ? 1 : 0;
    count[1] += 1;
  });
  return Object.entries(counts)
    .filter(([, [, of]]) => of)
    .map(([name, [right, of]]) => ({ name, right, of }));
}

/** Which of the shown samples were not learned from. @param {Scene} scene @returns {Set<number>} */
export function heldOut(scene) {
  const { parts, data } = scene.payload;
  if (!parts) return new Set();
  const rows = new Set([...parts.watched, ...parts.test]);
  return new Set(scene.y.map((_, n) => n).filter((n) => rows.has(data.rows ? data.rows[n] : n)));
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
