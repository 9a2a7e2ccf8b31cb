/** One place or example on its way through the network. */

import { argmax, softmax } from "./network.js";
import { html, short } from "./marks.js";

const MOST = 8;

/** @param {import("./payload.js").Scene} scene */
export function probePanel(scene) {
  const { payload } = scene;
  const hint = "Point at an example, or at any place of the picture, to follow it through the network.";
  const body = html("div", { "aria-live": "polite" }, html("p", { class: "quiet" }, hint));
  const element = html("section", { class: "panel probe" }, html("h2", {}, "One example"), body);
  return {
    element,
    /**
     * @param {{example: number|null, x: Float64Array, network: import("./network.js").Network,
     *   values: {z: Float64Array, a: Float64Array}[]}|null} view
     */
    draw(view) {
      if (view === null) {
        body.replaceChildren(html("p", { class: "quiet" }, hint));
        return;
      }
      const logits = Array.from(view.values[view.values.length - 1].a);
      const shares = softmax(logits);
      const winner = argmax(logits);
      const who = view.example === null ? "This place" : `Example ${view.example}, of ${payload.classes[scene.y[view.example]]},`;
      const wrong = view.example !== null && winner !== scene.y[view.example];
      body.replaceChildren(
        html("p", {}, `${who} is predicted as ${payload.classes[winner]} with ${(100 * shares[winner]).toFixed(1)} %${wrong ? ", which is wrong" : ""}.`),
        ...rows(view, logits, shares),
      );
    },
  };

  function rows(view, logits, shares) {
    const few = (values, names) => {
      const shown = Array.from(values).slice(0, MOST).map((value, i) => `${names(i)} ${short(value)}`);
      if (values.length > MOST) shown.push(`and ${values.length - MOST} more`);
      return shown.join(", ");
    };
    const line = (term, text) => [html("dt", {}, term), html("dd", {}, text)];
    const hidden = view.network.layers.slice(0, -1).flatMap((layer, depth) => [
      ...line(`${layer.name}, sums`, few(view.values[depth].z, (i) => `z${i}`)),
      ...line(`${layer.name}, ${layer.activation}`, few(view.values[depth].a, (i) => `a${i}`)),
    ]);
    const of = (values, show) =>
      [...values.keys()]
        .sort((a, b) => logits[b] - logits[a])
        .slice(0, MOST)
        .map((k) => `${payload.classes[k]} ${show(values[k])}`)
        .join(", ");
    return [
      html(
        "dl",
        {},
        ...line("features", few(view.x, (i) => payload.features[i])),
        ...hidden,
        ...line("logits", of(logits, short)),
        ...line("softmax", of(shares, (share) => `${(100 * share).toFixed(1)} %`)),
      ),
    ];
  }
}
