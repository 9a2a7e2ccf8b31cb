/** One unit, large: its picture, its equation with numbers, its role in words, its switch. */

import { paint, scale } from "./colours.js";
import { reach } from "./diagram.js";
import { html, short } from "./marks.js";

/**
 * @param {import("./payload.js").Scene} scene
 * @param {(name: string, off: boolean) => void} onSwitch
 * @param {() => void} onClose
 */
export function unitPanel(scene, onSwitch, onClose) {
  const { payload } = scene;
  const title = html("h3");
  const canvas = html("canvas", { class: "large", role: "img" });
  const equation = html("p", { class: "equation" });
  const role = html("p");
  const effect = html("p", { "aria-live": "polite" });
  const box = html("input", { type: "checkbox", onchange: () => onSwitch(element.dataset.unit, box.checked) });
  const element = html(
    "section",
    { class: "panel unit", hidden: true },
    html("button", { type: "button", class: "close", "aria-label": "close", onclick: onClose }, "×"),
    title,
    canvas,
    equation,
    html("label", {}, box, " switch it off (hold it at 0)"),
    effect,
    role,
  );
  return {
    element,
    /**
     * @param {{selected: {layer: string, unit: number}|null, network: import("./network.js").Network,
     *   values: {a: Float64Array}[], side: number, off: Set<string>, words: any, right: number, before: number}} view
     */
    draw(view) {
      element.hidden = view.selected === null;
      if (view.selected === null) return;
      const { layer: name, unit } = view.selected;
      const depth = view.network.layers.findIndex((each) => each.name === name);
      const layer = view.network.layers[depth];
      const last = depth === view.network.layers.length - 1;
      const key = `${name}.${unit}`;
      element.dataset.unit = key;
      title.textContent = last ? `Output ${payload.classes[unit]}` : `Unit ${unit} of ${name}`;
      const { a } = view.values[depth];
      const colour = scale(payload.values, reach(a));
      paint(canvas, view.side, (square) => colour(a[square * layer.units + unit]));
      canvas.setAttribute("aria-label", `${title.textContent} over the plane`);
      equation.textContent = formula(layer, unit, inputsOf(view.network, depth));
      box.checked = view.off.has(key);
      box.parentElement.hidden = last;
      const lost = view.before - view.right;
      effect.textContent =
        view.off.size && scene.y.length
          ? `With ${[...view.off].join(", ")} off ${view.right} of ${scene.y.length} examples are right${lost ? ` (${view.before} with all units)` : ", as with all units"}.`
          : "";
      role.textContent = view.words?.units[key] ?? "";
    },
  };

  function inputsOf(network, depth) {
    if (depth === 0) return payload.features;
    const before = network.layers[depth - 1];
    return Array.from({ length: before.units }, (_, i) => `${before.name}.${i}`);
  }
}

/** A unit's equation, its largest weights first where there are many. */
export function formula(layer, unit, inputs, most = 6) {
  const terms = inputs.map((name, i) => ({ name, weight: layer.kernel[i * layer.units + unit] }));
  const shown = terms.length > most ? [...terms].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, most) : terms;
  let text = shown
    .map(({ name, weight }, i) => `${i ? (weight < 0 ? " − " : " + ") : weight < 0 ? "−" : ""}${short(Math.abs(weight))} ${name}`)
    .join("");
  if (shown.length < terms.length) text += ` + … (${terms.length - shown.length} more)`;
  const bias = layer.bias[unit];
  text += `${bias < 0 ? " − " : " + "}${short(Math.abs(bias))}`;
  if (layer.activation === "linear") return text;
  return layer.activation === "relu" ? `max(0, ${text})` : `${layer.activation}(${text})`;
}
