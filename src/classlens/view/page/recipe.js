/** A recipe, which decides a model, and the address's words for it. */

import { encoded, numbers } from "./payload.js";

/**
 * @typedef {object} Recipe what the server is asked for
 * @property {{source: string, samples?: number, classes?: number, noise?: number, seed?: number,
 *   X?: string, y?: number[], table?: string, target?: string, missing?: string}} data
 * @property {string[]} inputs
 * @property {boolean} standardise
 * @property {Object<string, any>} settings
 */

/** Own points take nine bytes each; an address beyond this length is too long to share. */
export const MOST_SHARED_POINTS = 600;

const number = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);

/** The recipe's data as points of one's own, from those that are shown. */
export function ownData(points, classes) {
  return {
    source: "own",
    X: encoded(points.flatMap(({ place }) => place)),
    y: points.map(({ k }) => k),
    classes,
  };
}

/** @param {{X: string, y: number[]}} data @returns {{place: number[], k: number}[]} */
export function pointsOf(data) {
  const X = numbers(data.X);
  return data.y.map((k, n) => ({ place: [X[2 * n], X[2 * n + 1]], k }));
}

/** Whether a data set of this recipe is one of the plane, whose points can be drawn. */
export const isPlane = (recipe, welcome) =>
  recipe.data.source === "own" || welcome.datasets.find((row) => row.source === recipe.data.source)?.kind === "toy";

/**
 * Put a recipe into an address's words; what is as at the beginning is left out.
 * @param {Recipe} recipe
 * @param {any} welcome
 * @param {URLSearchParams} words
 * @returns {boolean} whether the words hold all of it
 */
export function writeRecipe(recipe, welcome, words) {
  const { data, settings } = recipe;
  const first = welcome.recipe;
  if (data.source === "file" || (data.source === "own" && data.y.length > MOST_SHARED_POINTS)) return false;
  if (data.source !== first.data.source) words.set("data", data.source);
  if (data.source === "own") {
    words.set("classes", String(data.classes));
    words.set("points", packed(data));
  } else {
    for (const name of ["samples", "classes", "noise", "seed"]) {
      const usual = welcome.datasets.find((row) => row.source === data.source)?.defaults?.[name];
      if (data[name] !== undefined && data[name] !== usual) words.set(name === "seed" ? "data_seed" : name, String(data[name]));
    }
  }
  if (recipe.inputs.join(" ") !== first.inputs.join(" ")) words.set("inputs", recipe.inputs.join(" "));
  if (recipe.standardise !== first.standardise) words.set("standardise", recipe.standardise ? "1" : "0");
  for (const [name, value] of Object.entries(settings)) {
    const text = written(value);
    if (text !== written(first.settings[name])) words.set(name, text);
  }
  return true;
}

const written = (value) => (value === null || value === undefined ? "none" : Array.isArray(value) ? value.join(" ") || "none" : String(value));

/**
 * The recipe that an address's words stand for; what is unknown or wrong is as at the beginning.
 * @param {URLSearchParams} words
 * @param {any} welcome
 * @returns {Recipe}
 */
export function readRecipe(words, welcome) {
  const first = welcome.recipe;
  const source = words.get("data") ?? first.data.source;
  const row = welcome.datasets.find((each) => each.source === source);
  let data = row ? { source, ...(row.defaults ?? {}) } : { ...first.data };
  for (const name of row?.defaults ? Object.keys(row.defaults) : []) {
    const value = number(words.get(name === "seed" ? "data_seed" : name) ?? "");
    if (value !== undefined) data[name] = value;
  }
  if (source === "own") data = unpacked(words.get("points") ?? "", number(words.get("classes") ?? "")) ?? { ...first.data };
  const inputs = (words.get("inputs") ?? "").split(" ").filter((name) => welcome.inputs.includes(name));
  const settings = { ...first.settings };
  for (const [name, usual] of Object.entries(settings)) {
    const text = words.get(name);
    if (text === null) continue;
    const value = read(name, text, usual);
    if (value !== undefined) settings[name] = value;
  }
  if (![1, settings.hidden.length].includes(settings.activation.length)) settings.activation = ["relu"];
  const scaled = words.get("standardise");
  return {
    data,
    inputs: inputs.length ? inputs : first.inputs,
    standardise: scaled === "1" || (scaled !== "0" && first.standardise),
    settings,
  };
}

function read(name, text, usual) {
  if (name === "hidden") {
    const units = text === "none" ? [] : text.split(" ").map(Number);
    return units.every((each) => Number.isInteger(each) && each > 0) ? units : undefined;
  }
  if (name === "activation") return text.split(" ").every((word) => /^\w+(\([\d.e-]+\))?$/.test(word)) ? text.split(" ") : undefined;
  if (text === "none") return null;
  return typeof usual === "string" ? text : number(text);
}

/** Points in few letters: two float32 and a byte each, in base64 that an address can hold. */
function packed(data) {
  const X = numbers(data.X);
  const view = new DataView(new ArrayBuffer(9 * data.y.length));
  data.y.forEach((k, n) => {
    view.setFloat32(9 * n, X[2 * n], true);
    view.setFloat32(9 * n + 4, X[2 * n + 1], true);
    view.setUint8(9 * n + 8, k);
  });
  const letters = btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function unpacked(letters, classes) {
  try {
    const raw = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
    const view = new DataView(Uint8Array.from(raw, (sign) => sign.charCodeAt(0)).buffer);
    const points = Array.from({ length: Math.floor(raw.length / 9) }, (_, n) => ({
      place: [view.getFloat32(9 * n, true), view.getFloat32(9 * n + 4, true)],
      k: view.getUint8(9 * n + 8),
    }));
    const finite = points.every(({ place }) => place.every(Number.isFinite));
    return points.length && finite && Number.isInteger(classes) ? ownData(points, classes) : null;
  } catch {
    return null;
  }
}
