/** Lines sampled on a grid, where exact ones are not at hand: boundaries, and where units turn on. */

import { argmax } from "./network.js";

/**
 * Where two classes meet.
 *
 * Along each edge between two neighbouring places whose winners differ the place is found where the
 * two winners' logits are equal, if they change evenly; the places of a square are joined, three or
 * four of them through their middle.
 *
 * @param {Float64Array} logits side x side x classes at the squares' middles, the upper row first
 * @param {number} side
 * @param {number} classes
 * @returns {number[]} segments, four numbers each: both ends in squares from the left and the top
 */
export function sampledLines(logits, side, classes) {
  const values = toTheEdges(logits, side, classes);
  const winners = new Int32Array(values.length / classes);
  for (let spot = 0; spot < winners.length; spot += 1) winners[spot] = argmax(values, spot * classes, classes);
  return walk(spotsOf(side, 1), winners, (a, b) => {
    const [first, second] = [winners[a], winners[b]];
    const lead = values[a * classes + first] - values[a * classes + second];
    const lag = values[b * classes + second] - values[b * classes + first];
    return lead + lag > 0 ? lead / (lead + lag) : 0.5;
  });
}

/**
 * Where a unit's sum is 0.
 *
 * Where the network is piecewise linear this is a line of few straight parts, so that every second
 * square tells enough, and the parts are given whole: there are many units to draw in each frame.
 *
 * @param {Float64Array} sums side x side x units
 * @param {number} side
 * @param {number} units
 * @param {number} unit
 * @returns {number[]} segments, as of ``sampledLines``
 */
export function sampledZero(sums, side, units, unit) {
  const values = toTheEdges(sums, side, 1, units, unit, 2);
  const on = new Uint8Array(values.length);
  let some = 0;
  for (let spot = 0; spot < on.length; spot += 1) some += on[spot] = values[spot] > 0 ? 1 : 0;
  if (some === 0 || some === on.length) return [];
  return straightened(walk(spotsOf(side, 2), on, (a, b) => values[a] / (values[a] - values[b])));
}

// Where these turn on or off they bend; the curved ones bend everywhere, so that no line tells.
const BENT = ["relu", "leaky_relu"];

/**
 * Where hidden units turn on, as far as the network is piecewise linear; of units held at 0 nothing.
 * @param {import("./network.js").Network} network
 * @param {{z: Float64Array}[]} values side x side of each layer
 * @param {number} side
 * @param {Set<string>} off
 * @returns {Object<string, number[]>} by the unit's name, such as "L1.0"
 */
export function sampledCreases(network, values, side, off) {
  const hidden = network.layers.slice(0, -1);
  const creases = {};
  if (!hidden.every(({ activation }) => activation === "linear" || BENT.includes(activation))) return creases;
  hidden.forEach(({ name, activation, units }, depth) => {
    if (activation === "linear") return;
    for (let unit = 0; unit < units; unit += 1) {
      if (!off.has(`${name}.${unit}`)) creases[`${name}.${unit}`] = sampledZero(values[depth].z, side, units, unit);
    }
  });
  return creases;
}

/** The squares that are looked at along a side: every so many-th, and the last. */
function squaresOf(side, step) {
  const squares = Array.from({ length: Math.ceil((side - 1) / step) }, (_, i) => i * step);
  return [...squares, side - 1];
}

/** Where they are: their middles, and the two edges. */
const spotsOf = (side, step) => [0, ...squaresOf(side, step).map((square) => square + 0.5), side];

/**
 * Values at the middles of squares, and at the edges of the picture too, as the last two squares go on.
 * Without them lines would end before the edges.
 */
function toTheEdges(given, side, count, stride = count, from = 0, step = 1) {
  const squares = squaresOf(side, step);
  const rows = [0, ...squares, side - 1];
  const wide = rows.length;
  // What is taken away beyond the last square: the one before it.
  const before = rows.map((at, i) => (i === 0 ? 1 : i === wide - 1 ? side - 2 : at));
  const values = new Float64Array(wide * wide * count);
  for (let row = 0; row < wide; row += 1) {
    for (let column = 0; column < wide; column += 1) {
      const own = (rows[row] * side + rows[column]) * stride + from;
      const over = (before[row] * side + rows[column]) * stride + from;
      const beside = (rows[row] * side + before[column]) * stride + from;
      const to = (row * wide + column) * count;
      for (let k = 0; k < count; k += 1) values[to + k] = 2 * given[own + k] - (given[over + k] + given[beside + k]) / 2;
    }
  }
  return values;
}

/** Segments between places whose kinds differ: four neighbours at a time. */
function walk(spots, kinds, share) {
  const wide = spots.length;
  const segments = [];
  for (let row = 0; row + 1 < wide; row += 1) {
    for (let column = 0; column + 1 < wide; column += 1) {
      const at = row * wide + column;
      const own = kinds[at];
      if (kinds[at + 1] === own && kinds[at + wide + 1] === own && kinds[at + wide] === own) continue;
      const corners = [at, at + 1, at + wide + 1, at + wide];
      const places = corners.flatMap((a, i) => {
        const b = corners[(i + 1) % 4];
        if (kinds[a] === kinds[b]) return [];
        const [first, second] = a < b ? [a, b] : [b, a]; // the same numbers from both sides of an edge
        const part = share(first, second);
        const [x0, y0, x1, y1] = [spots[first % wide], spots[Math.floor(first / wide)], spots[second % wide], spots[Math.floor(second / wide)]];
        return [[x0 + part * (x1 - x0), y0 + part * (y1 - y0)]];
      });
      join(segments, places);
    }
  }
  return segments;
}

/** The same lines of fewer segments: those that go straight on are made one. */
function straightened(segments) {
  const ends = new Map();
  const keyOf = (end) => segments[end] * 65536 + segments[end + 1];
  for (let end = 0; end < segments.length; end += 2) {
    const key = keyOf(end);
    if (ends.has(key)) ends.get(key).push(end);
    else ends.set(key, [end]);
  }
  const used = new Uint8Array(segments.length / 4);
  const lines = [];
  /** As far as the line goes from one end of a segment on, beyond the other. */
  const goOn = (from) => {
    let to = from ^ 2;
    used[from >> 2] = 1;
    for (;;) {
      const next = (ends.get(keyOf(to)) ?? []).find((end) => !used[end >> 2]);
      if (next === undefined) return to;
      const [x0, y0, x1, y1] = [segments[from], segments[from + 1], segments[to], segments[to + 1]];
      const [dx, dy] = [segments[next ^ 2] - x1, segments[(next ^ 2) + 1] - y1];
      if (Math.abs((x1 - x0) * dy - (y1 - y0) * dx) > 1e-6 * Math.hypot(x1 - x0, y1 - y0)) return to;
      to = next ^ 2;
      used[to >> 2] = 1;
    }
  };
  for (let i = 0; i < segments.length; i += 4) {
    if (used[i >> 2]) continue;
    const to = goOn(i);
    const from = goOn(i + 2);
    lines.push(segments[from], segments[from + 1], segments[to], segments[to + 1]);
  }
  return lines;
}

function join(segments, places) {
  if (places.length === 2) {
    segments.push(...places[0], ...places[1]);
    return;
  }
  const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  for (const place of places) segments.push(...middle, ...place);
}
