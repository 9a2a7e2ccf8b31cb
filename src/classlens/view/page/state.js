/** What of the page's view is kept in its address: one table, both ways. */

const whole = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const unit = (text) => (/^[^. ]{1,40}\.\d{1,7}$/.test(text) ? text : undefined);
const several = (read) => (text, isWrong) => {
  const values = text.split(" ").map(read);
  if (values.includes(undefined)) isWrong();
  return values.filter((each) => each !== undefined);
};

/** layer.input.unit=value, the input b for the bias. */
function edit(text) {
  const found = /^(\d{1,2})\.(\d{1,6}|b)\.(\d{1,6})=(-?\d[\d.e+-]{0,24})$/.exec(text);
  if (!found || !Number.isFinite(Number(found[4]))) return undefined;
  return [Number(found[1]), found[2] === "b" ? -1 : Number(found[2]), Number(found[3]), Number(found[4])];
}

/** name -> how its text is read (undefined for what is not allowed) and written. */
const TABLE = {
  epoch: { read: whole, write: String },
  unit: { read: unit, write: String },
  creases: { read: (text) => (text === "0" ? false : text === "1" ? true : undefined), write: (on) => (on ? "1" : "0") },
  off: { read: several(unit), write: (units) => units.join(" ") },
  edits: {
    read: several(edit),
    write: (edits) => edits.map(([layer, input, at, value]) => `${layer}.${input < 0 ? "b" : input}.${at}=${value}`).join(" "),
  },
};

export const VIEW_WORDS = Object.keys(TABLE);

/**
 * The view that an address's part after # stands for; what is unknown or wrong is left out.
 * @param {URLSearchParams} words
 * @param {Set<string>} [wrong] is given the names of what is wrong
 * @returns {{epoch?: number, unit?: string, creases?: boolean, off?: string[], edits?: number[][]}}
 */
export function readView(words, wrong = new Set()) {
  const view = {};
  for (const [name, row] of Object.entries(TABLE)) {
    if (!words.has(name)) continue;
    const value = row.read(words.get(name), () => wrong.add(name));
    if (value === undefined) wrong.add(name);
    else view[name] = value;
  }
  return view;
}

/**
 * Put a view into an address's part; null and empty values are left out.
 * @param {Object<string, any>} view
 * @param {URLSearchParams} words
 */
export function writeView(view, words) {
  for (const [name, row] of Object.entries(TABLE)) {
    const value = view[name];
    if (value !== undefined && value !== null && !(Array.isArray(value) && !value.length)) words.set(name, row.write(value));
  }
}

/**
 * What is said of the parts of an address that could not be read; empty where all could.
 * @param {URLSearchParams} words
 * @param {Set<string>} wrong their names
 */
export function notUnderstood(words, wrong) {
  const parts = [...wrong].map((name) => `${name}=${shortened(words.get(name) ?? "")}`);
  if (!parts.length) return "";
  return `Of the link ${parts.join(", ")} ${parts.length === 1 ? "was" : "were"} not understood; the default is used.`;
}

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
