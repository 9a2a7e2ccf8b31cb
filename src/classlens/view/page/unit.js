/** One unit, large: its picture, its equation with numbers, its weights to change, its role, its switch. */

import { paintValues, ramp } from "./colours.js";
import { weightPictures } from "./images.js";
import { html, short } from "./marks.js";
import { reach } from "./network.js";

const MOST_FIELDS = 24;

/**
 * @param {import("./payload.js").Scene} scene
 * @param {{onSwitch: (name: string, off: boolean) => void, onClose: () => void,
 *   onEdit: (layer: number, input: number, unit: number, value: number) => void}} acts
 */
export function unitPanel(scene, { onSwitch, onClose, onEdit }) {
  const { payload } = scene;
  const colours = ramp(payload.values);
  const title = html("h3");
  const canvas = html("canvas", { class: "large", role: "img" });
  const kernel = html("div", { class: "kernel" });
  const equation = html("p", { class: "equation", title: "What the unit computes of its inputs: weights times inputs, and the bias." });
  const role = html("p");
  const effect = html("p", { "aria-live": "polite" });
  const box = html("input", { type: "checkbox", onchange: () => onSwitch(element.dataset.unit, box.checked) });
  const weights = html("div", { class: "weights", role: "group", "aria-label": "weights" });
  const element = html(
    "section",
    { class: "panel unit", hidden: true, "aria-label": "unit" },
    html("button", { type: "button", class: "close", "aria-label": "close", onclick: onClose }, "×"),
    title,
    html("div", { class: "looks" }, canvas, kernel),
    equation,
    html("label", { title: "to see what the network owes to this unit" }, box, " switch it off (hold it at 0)"),
    effect,
    role,
    html("details", { class: "change", open: true }, html("summary", {}, "Change its weights"), weights),
  );
  let shown = "";
  let fields = new Map();
  let wanted = null;

  /** A field for each weight; of very many for the largest, and the one that was asked for. */
  function build(layer, depth, unit, inputs) {
    const order = [...inputs.keys()];
    if (inputs.length > MOST_FIELDS) {
      const size = (i) => Math.abs(layer.kernel[i * layer.units + unit]);
      order.sort((a, b) => (b === wanted) - (a === wanted) || size(b) - size(a)).splice(MOST_FIELDS);
    }
    fields = new Map();
    const field = (input, name) => {
      const box_ = html("input", { type: "number", step: "0.1", "data-input": input, "aria-label": `weight of ${name}` });
      box_.addEventListener("input", () => {
        const value = box_.valueAsNumber;
        if (Number.isFinite(value)) onEdit(depth, input, unit, value);
      });
      fields.set(input, box_);
      return html("label", {}, html("span", {}, name), box_);
    };
    const hidden = inputs.length - order.length;
    weights.replaceChildren(
      ...order.map((input) => field(input, inputs[input])),
      field(-1, "bias"),
      ...(hidden ? [html("p", { class: "quiet" }, `and ${hidden} smaller ones`)] : []),
    );
  }

  return {
    element,
    /** Go to the field of a weight. @param {number} input */
    focus(input) {
      wanted = input;
      if (!fields.has(input)) shown = "";
      element.querySelector("details").open = true;
      fields.get(input)?.focus();
    },
    /**
     * @param {{selected: {layer: string, unit: number}|null, network: import("./network.js").Network,
     *   values: {a: Float64Array}[], side: number, off: Set<string>, edits: number[][], words: any,
     *   right: number, before: number}} view
     */
    draw(view) {
      element.hidden = view.selected === null;
      if (view.selected === null) return;
      const { layer: name, unit } = view.selected;
      const depth = view.network.layers.findIndex((each) => each.name === name);
      const layer = view.network.layers[depth];
      const last = depth === view.network.layers.length - 1;
      const key = `${name}.${unit}`;
      const inputs = inputsOf(view.network, depth);
      element.dataset.unit = key;
      if (shown !== key) build(layer, depth, unit, inputs);
      shown = key;
      title.textContent = last ? `Output ${payload.classes[unit]}` : `Unit ${unit} of ${name}`;
      const { a } = view.values[depth];
      paintValues(canvas, { width: view.side, height: view.side }, colours, reach(a), a, unit, layer.units);
      canvas.setAttribute("aria-label", `${title.textContent} over the plane`);
      const own = inputs.map((_, i) => layer.kernel[i * layer.units + unit]);
      kernel.replaceChildren(...(depth === 0 && payload.image ? weightPictures(weighed(own), payload.image, payload.values, `weights of ${title.textContent}`) : []));
      equation.textContent = formula(layer, unit, inputs, depth === 0 ? weighed(own) : own);
      for (const [input, field] of fields) {
        if (document.activeElement === field && view.edits.some((edit) => edit[0] === depth && edit[1] === input && edit[2] === unit)) continue;
        field.value = Number((input < 0 ? layer.bias[unit] : own[input]).toPrecision(4)).toString();
      }
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

  /** Weights as they count: each times the spread of its pixel, if there are examples. */
  function weighed(own) {
    const { X, y } = scene;
    if (!y.length) return own;
    return own.map((weight, i) => {
      let [sum, squares] = [0, 0];
      for (let at = i; at < X.length; at += own.length) {
        sum += X[at];
        squares += X[at] ** 2;
      }
      return weight * Math.sqrt(Math.max(0, squares / y.length - (sum / y.length) ** 2));
    });
  }

  function inputsOf(network, depth) {
    if (depth === 0) return payload.features;
    const before = network.layers[depth - 1];
    return Array.from({ length: before.units }, (_, i) => `${before.name}.${i}`);
  }
}

/** A unit's equation; where there are many weights those that count most, the largest first. */
export function formula(layer, unit, inputs, counts, most = 6) {
  const terms = inputs.map((name, i) => ({ name, weight: layer.kernel[i * layer.units + unit], count: Math.abs(counts[i]) }));
  const shown = terms.length > most ? [...terms].sort((a, b) => b.count - a.count).slice(0, most) : terms;
  let text = shown
    .map(({ name, weight }, i) => `${i ? (weight < 0 ? " − " : " + ") : weight < 0 ? "−" : ""}${short(Math.abs(weight))} ${name}`)
    .join("");
  if (shown.length < terms.length) text += ` + … (${terms.length - shown.length} more)`;
  const bias = layer.bias[unit];
  text += `${bias < 0 ? " − " : " + "}${short(Math.abs(bias))}`;
  if (layer.activation === "linear") return text;
  return layer.activation === "relu" ? `max(0, ${text})` : `${layer.activation}(${text})`;
}
