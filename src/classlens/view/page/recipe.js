/** A recipe, which decides a model, and the address's words for it. */

import { encoded, numbers } from "./payload.js";

/**
 * @typedef {object} Recipe what the server is asked for
 * @property {{source: string, samples?: number, classes?: number, noise?: number, seed?: number,
 *   X?: string, y?: number[], names?: string[], features?: string[], table?: string, target?: string, missing?: string}} data
 * @property {string[]} inputs
 * @property {boolean} standardise
 * @property {Object<string, any>} settings
 */

/** Own points take nine bytes each; an address beyond this length is too long to share. */
export const MOST_SHARED_POINTS = 600;

const number = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);

/**
 * The recipe's data as points of one's own, from those that are shown.
 * @param {{place: number[], k: number}[]} points
 * @param {number} classes
 * @param {{names?: string[], features?: string[]}} [named] where they are not called c0, c1, ... and x0, x1
 */
export function ownData(points, classes, named = {}) {
  return {
    source: "own",
    X: encoded(points.flatMap(({ place }) => place)),
    y: points.map(({ k }) => k),
    classes,
    ...named,
  };
}

/**
 * How the classes and the features of points are called that were shown, when they become one's own.
 * @param {Recipe["data"]} data what they are until now
 * @param {number} classes so many there will be
 * @param {any} payload what is shown
 * @param {any} welcome
 */
export function namesOf(data, classes, payload, welcome) {
  const own = data.source === "own";
  const before = (own ? data.names : payload?.classes) ?? [];
  const features = own ? data.features : welcome.datasets.find((row) => row.source === data.source)?.features;
  const names = before.slice(0, classes);
  while (names.length < classes) names.push(unlike(names, `c${names.length}`));
  return { ...(areUsual(names) ? {} : { names }), ...(features ? { features } : {}) };
}

const areUsual = (names) => names.every((name, k) => name === `c${k}`);
const unlike = (names, name) => (names.includes(name) ? unlike(names, `${name}'`) : name);

/** @param {{X: string, y: number[]}} data @returns {{place: number[], k: number}[]} */
export function pointsOf(data) {
  const X = numbers(data.X);
  return data.y.map((k, n) => ({ place: [X[2 * n], X[2 * n + 1]], k }));
}

/** Whether a data set of this recipe is one of the plane, whose points can be drawn. */
export const isPlane = (recipe, welcome) =>
  recipe.data.source === "own" || ["toy", "plane"].includes(welcome.datasets.find((row) => row.source === recipe.data.source)?.kind);

/**
 * Put a recipe into an address's words; what is as at the beginning is left out.
 * @param {Recipe} recipe
 * @param {any} welcome
 * @param {URLSearchParams} words
 * @param {boolean} [alone] whether they are to say also what this page was opened with
 * @returns {boolean} whether the words hold all of it
 */
export function writeRecipe(recipe, welcome, words, alone = false) {
  const { data, settings } = recipe;
  const first = welcome.recipe;
  if (data.source === "file" || (data.source === "own" && data.y.length > MOST_SHARED_POINTS)) return false;
  if (alone ? data.source !== "given" : data.source !== first.data.source) words.set("data", data.source);
  if (data.source === "own") {
    words.set("classes", String(data.classes));
    words.set("points", packed(data));
    for (const name of data.names ?? []) words.append("class_name", name);
    for (const name of data.features ?? []) words.append("feature_name", name);
  } else {
    for (const name of ["samples", "classes", "noise", "seed"]) {
      const usual = welcome.datasets.find((row) => row.source === data.source)?.defaults?.[name];
      if (data[name] !== undefined && data[name] !== usual) words.set(name === "seed" ? "data_seed" : name, String(data[name]));
    }
  }
  if (recipe.inputs.join(" ") !== first.inputs.join(" ")) words.set("inputs", recipe.inputs.join(" "));
  if (alone || recipe.standardise !== first.standardise) words.set("standardise", recipe.standardise ? "1" : "0");
  for (const [name, value] of Object.entries(settings)) {
    const text = written(value);
    if (text !== written(first.settings[name])) words.set(name, text);
  }
  return data.source !== "given";
}

const written = (value) => (value === null || value === undefined ? "none" : Array.isArray(value) ? value.join(" ") || "none" : String(value));

/**
 * The recipe that an address's words stand for; what is unknown or wrong is as at the beginning.
 * @param {URLSearchParams} words
 * @param {any} welcome
 * @param {Set<string>} [wrong] is given the names of what is wrong
 * @returns {Recipe}
 */
export function readRecipe(words, welcome, wrong = new Set()) {
  const first = welcome.recipe;
  const source = words.get("data") ?? first.data.source;
  const row = welcome.datasets.find((each) => each.source === source);
  let data = row ? { source, ...(row.defaults ?? {}) } : { ...first.data };
  for (const name of row?.defaults ? Object.keys(row.defaults) : []) {
    const word = name === "seed" ? "data_seed" : name;
    if (!words.has(word)) continue;
    const value = number(words.get(word));
    if (value === undefined) wrong.add(word);
    else data[name] = value;
  }
  if (source === "own") {
    const own = unpacked(words);
    if (!own) wrong.add("points");
    data = own ?? { ...first.data };
  } else if (!row) wrong.add("data");
  const asked = words.get("inputs")?.split(" ") ?? [];
  const inputs = asked.filter((name) => welcome.inputs.includes(name));
  if (inputs.length < asked.length) wrong.add("inputs");
  const settings = { ...first.settings };
  for (const [name, usual] of Object.entries(settings)) {
    const text = words.get(name);
    if (text === null) continue;
    const value = read(name, text, usual);
    if (value === undefined) wrong.add(name);
    else settings[name] = value;
  }
  if (![1, settings.hidden.length].includes(settings.activation.length)) {
    wrong.add("activation");
    settings.activation = ["relu"];
  }
  const scaled = words.get("standardise");
  if (![null, "0", "1"].includes(scaled)) wrong.add("standardise");
  return {
    data,
    inputs: inputs.length ? inputs : first.inputs,
    standardise: scaled === "1" || (scaled !== "0" && first.standardise),
    settings,
  };
}

/** The words that an address's recipe may have. @param {any} welcome */
export const recipeWords = (welcome) => [
  ..."data samples classes noise data_seed points class_name feature_name inputs standardise".split(" "),
  ...Object.keys(welcome.recipe.settings),
];

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

/** @param {URLSearchParams} words @returns {Recipe["data"]|null} null where they are not right */
function unpacked(words) {
  const classes = number(words.get("classes") ?? "");
  const letters = words.get("points") ?? "";
  const [names, features] = [words.getAll("class_name"), words.getAll("feature_name")];
  try {
    const raw = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
    const view = new DataView(Uint8Array.from(raw, (sign) => sign.charCodeAt(0)).buffer);
    const points = Array.from({ length: Math.floor(raw.length / 9) }, (_, n) => ({
      place: [view.getFloat32(9 * n, true), view.getFloat32(9 * n + 4, true)],
      k: view.getUint8(9 * n + 8),
    }));
    const finite = points.every(({ place }) => place.every(Number.isFinite));
    const whole = raw.length % 9 === 0 && Number.isInteger(classes);
    return points.length && finite && whole ? ownData(points, classes, { ...(names.length ? { names } : {}), ...(features.length ? { features } : {}) }) : null;
  } catch {
    return null;
  }
}
