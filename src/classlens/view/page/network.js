/**
 * The forward pass. It imports nothing and draws nothing.
 *
 * @typedef {object} Layer
 * @property {string} name
 * @property {number} inputs
 * @property {number} units
 * @property {string} activation
 * @property {number} parameter
 * @property {Float64Array} kernel inputs x units, row by row
 * @property {Float64Array} bias
 *
 * @typedef {object} Network
 * @property {number} inputs
 * @property {Layer[]} layers
 *
 * @typedef {object} Values of one layer for many samples, sample by sample
 * @property {Float64Array} z pre-activations
 * @property {Float64Array} a activations
 */

/** The area under the normal curve up to z, as Cody's rational approximations give erf. */
function normal(z) {
  return 0.5 * erfc(-z / Math.SQRT2);
}

/**
 * The complementary error function to about 1e-15: its series near 0, its continued fraction beyond
 * (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 * @param {number} x
 */
export function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x > 27) return 0;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let n = 80; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/** Name -> value; the same table as the Python package's. @type {Object<string, (z: number, p: number) => number>} */
export const ACTIVATIONS = {
  linear: (z) => z,
  relu: (z) => (z > 0 ? z : 0),
  leaky_relu: (z, p) => (z > 0 ? z : p * z),
  tanh: (z) => Math.tanh(z),
  sigmoid: (z) => sigmoid(z),
  elu: (z, p) => (z > 0 ? z : p * Math.expm1(z)),
  gelu: (z) => z * normal(z),
  silu: (z) => z * sigmoid(z),
};

/**
 * A network from its description and its numbers.
 * @param {{inputs: number, layers: {name: string, units: number, activation: string, parameter: number}[]}} spec
 * @param {ArrayLike<number>} numbers kernel and bias of each layer in turn
 * @returns {Network}
 */
export function networkOf(spec, numbers) {
  let at = 0;
  let inputs = spec.inputs;
  const take = (count) => {
    if (at + count > numbers.length) throw new Error("the network has too few numbers");
    const part = Float64Array.from({ length: count }, (_, i) => numbers[at + i]);
    at += count;
    return part;
  };
  const layers = spec.layers.map((each) => {
    if (!Object.hasOwn(ACTIVATIONS, each.activation)) {
      throw new Error(`the activation ${each.activation} is not known here`);
    }
    const layer = {
      ...each,
      inputs,
      parameter: each.parameter ?? 0,
      kernel: take(inputs * each.units),
      bias: take(each.units),
    };
    inputs = each.units;
    return layer;
  });
  if (at !== numbers.length) throw new Error("the network has too many numbers");
  return { inputs: spec.inputs, layers };
}

/**
 * The network with some of its weights changed.
 * @param {Network} network
 * @param {number[][]} edits [layer, input or -1 for the bias, unit, value] each
 * @returns {Network}
 */
export function edited(network, edits) {
  if (!edits.length) return network;
  const layers = network.layers.map((layer) => ({ ...layer, kernel: layer.kernel.slice(), bias: layer.bias.slice() }));
  for (const [at, input, unit, value] of edits) {
    const layer = layers[at];
    if (input < 0) layer.bias[unit] = value;
    else layer.kernel[input * layer.units + unit] = value;
  }
  return { ...network, layers };
}

/** How many numbers a network of this description has. */
export function size(spec) {
  let inputs = spec.inputs;
  let count = 0;
  for (const layer of spec.layers) {
    count += (inputs + 1) * layer.units;
    inputs = layer.units;
  }
  return count;
}

/**
 * Every layer's values for some samples.
 * @param {Network} network
 * @param {Float64Array} X samples x inputs, sample by sample
 * @param {Set<string>} [off] units that are held at 0, such as "L1.0"
 * @returns {Values[]}
 */
export function forward(network, X, off = new Set()) {
  const samples = X.length / network.inputs;
  let before = X;
  return network.layers.map((layer) => {
    const { inputs, units, kernel, bias, parameter } = layer;
    const value = ACTIVATIONS[layer.activation];
    const z = new Float64Array(samples * units);
    const a = new Float64Array(samples * units);
    for (let n = 0; n < samples; n += 1) {
      const row = n * units;
      for (let j = 0; j < units; j += 1) z[row + j] = bias[j];
      for (let i = 0; i < inputs; i += 1) {
        const x = before[n * inputs + i];
        if (x === 0) continue;
        const from = i * units;
        for (let j = 0; j < units; j += 1) z[row + j] += x * kernel[from + j];
      }
      for (let j = 0; j < units; j += 1) a[row + j] = value(z[row + j], parameter);
    }
    for (let j = 0; j < units; j += 1) {
      if (off.has(`${layer.name}.${j}`)) for (let n = 0; n < samples; n += 1) a[n * units + j] = 0;
    }
    before = a;
    return { z, a };
  });
}

/**
 * The shares that softmax gives to logits.
 * @param {ArrayLike<number>} logits
 */
export function softmax(logits) {
  const list = Array.from(logits);
  const top = Math.max(...list);
  const shares = list.map((each) => Math.exp(each - top));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((each) => each / sum);
}

/** The index of the largest of `count` numbers from `from` on; the first of equal ones. */
export function argmax(numbers, from = 0, count = numbers.length) {
  let best = 0;
  for (let k = 1; k < count; k += 1) if (numbers[from + k] > numbers[from + best]) best = k;
  return best;
}

/**
 * Mean loss, accuracy and the table of confusions.
 * @param {Float64Array} logits samples x classes
 * @param {number[]} y
 * @param {number} classes
 */
export function score(logits, y, classes) {
  const known = y.reduce((most, k) => Math.max(most, k + 1), classes);
  const confusion = Array.from({ length: known }, () => new Array(known).fill(0));
  let loss = 0;
  let right = 0;
  y.forEach((k, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const best = argmax(row);
    confusion[k][best] += 1;
    if (k >= classes) return; // the network does not know this class
    const top = row[best];
    let sum = 0;
    for (const each of row) sum += Math.exp(each - top);
    loss += Math.log(sum) + top - row[k];
    right += best === k ? 1 : 0;
  });
  return { loss: loss / y.length, accuracy: right / y.length, right, samples: y.length, confusion };
}

/** The largest size of some numbers. @param {ArrayLike<number>} values */
export function reach(values) {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i]));
  return most;
}
