/** One place or example on its way through the network. */

import { picture } from "./images.js";
import { html, short } from "./marks.js";
import { argmax, softmax } from "./network.js";

const MOST = 8;
const MOST_FEATURES = 100;

/** @param {import("./payload.js").Scene} scene */
export function probePanel(scene) {
  const { payload } = scene;
  let unfolded = false;
  let known = { X: null, rows: [] };
  const hint = "Point at an example, or at any place of the picture, to follow it through the network. A click keeps it.";
  const body = html("div", { "aria-live": "polite" });
  const element = html("section", { class: "panel probe" }, html("h2", {}, "One example"), body);
  return {
    element,
    /**
     * @param {{example: number|null, x: Float64Array, network: import("./network.js").Network,
     *   values: {z: Float64Array, a: Float64Array}[], own: {a: Float64Array}[]|null,
     *   nearest: {place: number[], distance: number}|null}|null} view
     */
    draw(view) {
      if (view === null) {
        body.replaceChildren(html("p", { class: "quiet" }, hint));
        return;
      }
      const logits = Array.from(view.values[view.values.length - 1].a);
      const shares = softmax(logits);
      const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
      const [winner, second] = order;
      const who = view.example === null ? "This place" : `Example ${view.example}, of ${payload.classes[scene.y[view.example]]},`;
      const wrong = view.example !== null && argmax(logits) !== scene.y[view.example];
      const lead = second === undefined ? "" : ` It leads ${payload.classes[second]} by ${short(logits[winner] - logits[second])}.`;
      body.replaceChildren(
        ...(payload.image ? [picture(view.x, payload.image, "the example's pixels")] : []),
        html("p", {}, `${who} is predicted as ${payload.classes[winner]} with ${(100 * shares[winner]).toFixed(1)} %${wrong ? ", which is wrong" : ""}.${lead}`),
        outcome(logits, shares, order),
        ...(view.nearest ? [html("p", {}, near(view.nearest))] : []),
        ...(view.example !== null && view.own ? shared(view) : []),
        way(view),
        ...(payload.network.inputs > 2 && !payload.image && scene.y.length ? [features(view)] : []),
      );
    },
  };

  function near({ place, distance }) {
    const where = payload.plane.origin === null ? "" : " in this plane";
    return `The nearest boundary${where} is ${short(distance)} away, at (${short(place[0])}, ${short(place[1])}).`;
  }

  /** Which examples a hidden layer cannot tell from this one. */
  function shared(view) {
    return view.network.layers.slice(0, -1).flatMap(({ name, units }, depth) => {
      const { a } = view.own[depth];
      const own = view.example * units;
      const same = scene.y.flatMap((_, n) => {
        if (n === view.example) return [];
        for (let j = 0; j < units; j += 1) if (Math.abs(a[n * units + j] - a[own + j]) > 1e-6 * Math.max(1, Math.abs(a[own + j]))) return [];
        return [n];
      });
      if (!same.length) return [];
      const counts = payload.classes.map((_, k) => same.filter((n) => scene.y[n] === k).length);
      const said = counts.flatMap((count, k) => (count ? [`${count} of ${payload.classes[k]}`] : []));
      return [html("p", {}, `In ${name} it lies on one point with ${same.length === 1 ? "another example" : `${same.length} others`}: ${said.join(", ")}.`)];
    });
  }

  /** The classes by softmax and logit, the winner first. */
  function outcome(logits, shares, order) {
    const head = [["class", "what the network chooses from"], ["softmax", "how sure the network is: the shares of all classes make 100 %"], ["logit", "the output itself, of which softmax makes shares"]];
    return html(
      "table",
      { class: "outcome" },
      html("tr", {}, ...head.map(([word, title]) => html("th", { scope: "col", title }, word))),
      ...order.slice(0, MOST).map((k) => html("tr", {}, html("th", { scope: "row" }, payload.classes[k]), html("td", {}, `${(100 * shares[k]).toFixed(1)} %`), html("td", {}, short(logits[k])))),
      ...(order.length > MOST ? [html("tr", {}, html("td", { colspan: 3, class: "quiet" }, `and ${order.length - MOST} more classes`))] : []),
    );
  }

  /** From the features through each layer. */
  function way(view) {
    const few = (values, names) => {
      const shown = Array.from(values).slice(0, MOST).map((value, i) => `${names(i)} ${short(value)}`);
      if (values.length > MOST) shown.push(`and ${values.length - MOST} more`);
      return shown.join(", ");
    };
    const line = (term, text, title = null) => [html("dt", { title }, term), html("dd", {}, text)];
    const hidden = view.network.layers.slice(0, -1).flatMap((layer, depth) => [
      ...line(`${layer.name}, sums`, few(view.values[depth].z, (i) => `z${i}`), "weights times inputs, and the bias"),
      ...line(`${layer.name}, ${layer.activation}`, few(view.values[depth].a, (i) => `a${i}`), "what the units give to the next layer"),
    ]);
    const input = payload.image ? [] : line("features", few(view.x, (i) => payload.features[i]));
    return html("dl", {}, ...input, ...hidden);
  }

  /** All features of an example, beside their means and ranges. */
  function features(view) {
    const cells = spread().map(({ name, mean, low, high }, i) =>
      html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, short(view.x[i])), html("td", {}, mean), html("td", {}, `${low} to ${high}`)),
    );
    const head = html("tr", {}, ...["feature", "here", "mean", "range"].map((word) => html("th", { scope: "col" }, word)));
    const details = html("details", { class: "features", open: unfolded }, html("summary", {}, `All ${payload.network.inputs} features`), html("div", { class: "wide" }, html("table", {}, head, ...cells)));
    details.addEventListener("toggle", () => { unfolded = details.open; });
    return details;
  }

  /** Mean and range of each feature, computed once for the examples at hand. */
  function spread() {
    if (known.X === scene.X) return known.rows;
    const count = payload.network.inputs;
    known = {
      X: scene.X,
      rows: payload.features.slice(0, MOST_FEATURES).map((name, i) => {
        let [sum, low, high] = [0, Infinity, -Infinity];
        for (let at = i; at < scene.X.length; at += count) {
          const value = scene.X[at];
          sum += value;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
        return { name, mean: short(sum / scene.y.length), low: short(low), high: short(high) };
      }),
    };
    return known.rows;
  }
}
