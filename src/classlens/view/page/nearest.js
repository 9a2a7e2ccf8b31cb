/** The nearest point of some segments. */

/**
 * @param {ArrayLike<number>} segments four numbers each: both ends
 * @param {number[]} place
 * @returns {{place: number[], distance: number, segment: number}|null} null without segments
 */
export function nearestPoint(segments, [s, t]) {
  let best = null;
  for (let i = 0; i + 3 < segments.length; i += 4) {
    const [x0, y0, x1, y1] = [segments[i], segments[i + 1], segments[i + 2], segments[i + 3]];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = dx * dx + dy * dy;
    const share = length ? Math.min(Math.max(((s - x0) * dx + (t - y0) * dy) / length, 0), 1) : 0;
    const near = [x0 + share * dx, y0 + share * dy];
    const distance = Math.hypot(near[0] - s, near[1] - t);
    if (!best || distance < best.distance) best = { place: near, distance, segment: i / 4 };
  }
  return best;
}
