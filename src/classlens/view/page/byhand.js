/** What was changed by hand in the network that is shown: said in a line, and taken back by a button. */

import { html } from "./marks.js";

/**
 * A unit that is held at 0 counts as one whose outgoing weights are 0, which can be said of a
 * network anywhere: in a file, in code, in words.
 * @param {import("./network.js").Network} network
 * @param {Set<string>} off units, such as "L1.0"
 * @returns {number[][]} [layer, input, unit, value] each
 */
export function silenced(network, off) {
  return network.layers.slice(1).flatMap((layer, before) =>
    Array.from({ length: layer.inputs }, (_, input) => input)
      .filter((input) => off.has(`${network.layers[before].name}.${input}`))
      .flatMap((input) => Array.from({ length: layer.units }, (_, unit) => [before + 1, input, unit, 0])),
  );
}

/**
 * @param {number} weights changed
 * @param {Iterable<string>} off
 */
export function changesInWords(weights, off) {
  const units = [...off];
  const parts = [];
  if (weights) parts.push(`${weights} weight${weights === 1 ? "" : "s"} changed by hand`);
  if (units.length) parts.push(`${units.join(", ")} switched off`);
  return parts.join("; ");
}

/** @param {() => void} onRestore */
export function handSign(onRestore) {
  const words = html("span");
  const element = html("p", { class: "byhand", role: "status", hidden: true }, words, " ", html("button", { type: "button", onclick: onRestore }, "Take it back"));
  return {
    element,
    /** @param {{edits: number[][], off: Set<string>}} state */
    draw({ edits, off }) {
      words.textContent = changesInWords(edits.length, off);
      element.hidden = !words.textContent;
    },
  };
}
