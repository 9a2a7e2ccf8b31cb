// Evaluates networks with the page's forward pass: node forward.mjs MODULE CASES.json -> JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , module, file] = process.argv;
const { forward, networkOf, score, softmax } = await import(pathToFileURL(module));
const found = JSON.parse(readFileSync(file, "utf8")).map(({ spec, numbers, X, y, off }) => {
  const network = networkOf(spec, numbers);
  const values = forward(network, Float64Array.from(X.flat()), new Set(off));
  const logits = values.at(-1).a;
  const classes = spec.layers.at(-1).units;
  return {
    layers: values.map(({ z, a }) => ({ z: Array.from(z), a: Array.from(a) })),
    shares: X.map((_, n) => softmax(logits.subarray(n * classes, (n + 1) * classes))),
    score: score(logits, y, classes),
  };
});
process.stdout.write(JSON.stringify(found));
