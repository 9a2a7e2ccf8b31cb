/** What of the page's state is kept in its address: one table, both ways. */

const whole = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/** name -> how its text is read (undefined for what is not allowed) and written. */
const TABLE = {
  epoch: { read: whole, write: String },
  unit: { read: (text) => (/^[^.]{1,40}\.\d{1,7}$/.test(text) ? text : undefined), write: String },
  creases: { read: (text) => (text === "0" ? false : text === "1" ? true : undefined), write: (on) => (on ? "1" : "0") },
  off: { read: (text) => text.split(" ").filter((each) => /^[^.]{1,40}\.\d{1,7}$/.test(each)), write: (units) => units.join(" ") },
};

/**
 * The state that an address's part after # stands for; what is unknown or wrong is left out.
 * @param {string} hash
 * @returns {{epoch?: number, unit?: string, creases?: boolean, off?: string[]}}
 */
export function read(hash) {
  const state = {};
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!Object.hasOwn(TABLE, name)) continue;
    const value = TABLE[name].read(text);
    if (value !== undefined) state[name] = value;
  }
  return state;
}

/**
 * The address's part for a state; null and empty values are left out.
 * @param {Object<string, any>} state
 */
export function write(state) {
  const words = new URLSearchParams();
  for (const [name, row] of Object.entries(TABLE)) {
    const value = state[name];
    if (value !== undefined && value !== null && !(Array.isArray(value) && !value.length)) words.set(name, row.write(value));
  }
  return words.toString();
}
