/** Boundaries sampled on a grid, for networks whose exact ones are not at hand. */

import { argmax } from "./network.js";

/**
 * Where two classes meet between the middles of a grid's squares.
 *
 * Along each edge between two neighbouring middles whose winners differ the place is found where the
 * two winners' logits are equal, if they change evenly; the places of a square are joined, three or
 * four of them through their middle.
 *
 * @param {Float64Array} logits side x side x classes, the upper row first
 * @param {number} side
 * @param {number} classes
 * @returns {number[]} segments, four numbers each: both ends in squares from the left and the top
 */
export function sampledLines(logits, side, classes) {
  const winners = new Int32Array(side * side);
  for (let square = 0; square < side * side; square += 1) winners[square] = argmax(logits, square * classes, classes);
  const segments = [];
  for (let row = 0; row + 1 < side; row += 1) {
    for (let column = 0; column + 1 < side; column += 1) {
      const at = row * side + column;
      const corners = [at, at + 1, at + side + 1, at + side];
      if (corners.every((corner) => winners[corner] === winners[at])) continue;
      join(segments, corners.flatMap((corner, i) => crossing(corner, corners[(i + 1) % 4])));
    }
  }
  return segments;

  /** The place between two middles where the winner changes, if it does. */
  function crossing(a, b) {
    const [first, second] = [winners[a], winners[b]];
    if (first === second) return [];
    const lead = logits[a * classes + first] - logits[a * classes + second];
    const lag = logits[b * classes + second] - logits[b * classes + first];
    const share = lead + lag > 0 ? lead / (lead + lag) : 0.5;
    const [x0, y0, x1, y1] = [a % side, Math.floor(a / side), b % side, Math.floor(b / side)];
    return [[x0 + share * (x1 - x0) + 0.5, y0 + share * (y1 - y0) + 0.5]];
  }
}

function join(segments, places) {
  if (places.length === 2) {
    segments.push(...places[0], ...places[1]);
    return;
  }
  const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  for (const place of places) segments.push(...middle, ...place);
}
