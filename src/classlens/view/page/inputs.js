/** What a network may be given of a point of the plane: the same table as the package's. */

/** name -> value at the coordinates. @type {Object<string, (s: number, t: number) => number>} */
export const INPUTS = {
  x0: (s) => s,
  x1: (_, t) => t,
  "x0**2": (s) => s * s,
  "x1**2": (_, t) => t * t,
  "x0*x1": (s, t) => s * t,
  "sin(x0)": (s) => Math.sin(s),
  "sin(x1)": (_, t) => Math.sin(t),
};
