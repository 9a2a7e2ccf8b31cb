/** The choice of a plane through more than two features: which two vary, and where the others are. */

import { html } from "./marks.js";

const MOST = 200;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {(plane: any, window: number[][]) => void} onChange
 */
export function slicePanel(scene, onChange) {
  const { payload } = scene;
  const { features, plane } = payload;
  if (plane.origin === null || features.length < 3 || !scene.y.length) return { element: html("div", { hidden: true }) };
  const names = features.slice(0, MOST);
  const varied = [plane.u, plane.v].map((way) => (way.filter((each) => each !== 0).length === 1 ? way.indexOf(1) : -1));
  const options = (chosen) => [
    ...(chosen < 0 ? [html("option", { value: -1, selected: true }, "most variance")] : []),
    ...names.map((name, i) => html("option", { value: i, selected: i === chosen }, name)),
  ];
  const [across, up] = varied.map((chosen, way) =>
    html("select", { "aria-label": way ? "feature upwards" : "feature across", onchange: () => chosenTwo() }, ...options(chosen)),
  );
  const element = html("section", { class: "panel slice" }, html("h2", {}, "The plane that is shown"), html("p", { class: "choices" }, "across ", across, " up ", up), html("p", { class: "quiet" }, "The other features are held at their means."));

  function chosenTwo() {
    const [first, second] = [Number(across.value), Number(up.value)];
    if (first < 0 || second < 0 || first === second) return;
    const count = features.length;
    const means = new Float64Array(count);
    scene.X.forEach((value, i) => { means[i % count] += value / scene.y.length; });
    const origin = Array.from(means, (mean, i) => (i === first || i === second ? 0 : mean));
    const unit = (at) => Array.from({ length: count }, (_, i) => (i === at ? 1 : 0));
    const held = origin.map((value, i) => [features[i], value]).filter((_, i) => i !== first && i !== second);
    const said = held.slice(0, 3).map(([name, value]) => `${name} = ${Number(value.toPrecision(3))}`);
    if (held.length > 3) said.push(`${held.length - 3} more held`);
    const caption = `a slice at ${said.join(", ")}; examples projected onto it`;
    onChange({ ...plane, names: [features[first], features[second]], origin, u: unit(first), v: unit(second), caption }, [range(first), range(second)]);
  }

  /** The range of a feature and a tenth of it on each side. */
  function range(at) {
    const values = scene.y.map((_, n) => scene.X[n * features.length + at]);
    const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
    const room = high > low ? 0.1 * (high - low) : Math.max(0.5, 0.1 * Math.abs(low));
    return [low - room, high + room];
  }

  return { element };
}
