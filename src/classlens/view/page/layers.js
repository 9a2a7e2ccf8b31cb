/** Over the network's columns: layers and units added and removed, an activation for each layer. */

import { html } from "./marks.js";

/**
 * @param {any} welcome
 * @param {{recipe: () => any, change: (recipe: any) => void}} acts
 * @returns {(column: {index: number, name: string|null}) => Node|null}
 */
export function layerHeads(welcome, { recipe, change }) {
  const { limits, activations } = welcome;

  function set(hidden, activation) {
    change({ ...recipe(), settings: { ...recipe().settings, hidden, activation: hidden.length ? activation : ["relu"] } });
  }
  /** An activation for each hidden layer. */
  function words() {
    const { hidden, activation } = recipe().settings;
    return hidden.map((_, i) => activation[activation.length === 1 ? 0 : i]);
  }
  const button = (name, sign, onclick, disabled) => html("button", { type: "button", class: "small", "aria-label": name, title: name, onclick, disabled }, sign);

  return ({ index, name }) => {
    const { hidden } = recipe().settings;
    // What a button does begins with the recipe of that moment, not with the network that is drawn.
    const insert = (at) => {
      const { hidden } = recipe().settings;
      const list = words();
      set([...hidden.slice(0, at), 4, ...hidden.slice(at)], [...list.slice(0, at), list[Math.max(0, at - 1)] ?? "relu", ...list.slice(at)]);
    };
    const add = button(`add a layer after ${index < 0 ? "the features" : name}`, "+ layer", () => insert(index + 1), hidden.length >= limits.layers);
    if (index < 0) return html("div", { class: "heads" }, add);
    if (index >= hidden.length) return null;
    const count = html("span", {}, units(hidden[index]));
    const resize = (by) => {
      const list = recipe().settings.hidden.map((each, i) => (i === index ? Math.min(Math.max(each + by, 1), limits.units) : each));
      count.textContent = units(list[index]);
      set(list, words());
    };
    const remove = () => set(recipe().settings.hidden.filter((_, i) => i !== index), words().filter((_, i) => i !== index));
    const kind = html(
      "select",
      { "aria-label": `activation of ${name}`, onchange: () => set(recipe().settings.hidden, words().map((word, i) => (i === index ? kind.value : word))) },
      ...[...new Set([...activations, words()[index]])].map((word) => html("option", { value: word, selected: word === words()[index] }, word)),
    );
    return html(
      "div",
      { class: "heads" },
      html(
        "div",
        { class: "units" },
        button(`one unit less in ${name}`, "−", () => resize(-1), hidden[index] <= 1),
        count,
        button(`one unit more in ${name}`, "+", () => resize(1), hidden[index] >= limits.units),
        button(`remove ${name}`, "×", remove, false),
      ),
      html("div", { class: "units" }, kind, add),
    );
  };
}

const units = (count) => `${count} unit${count === 1 ? "" : "s"}`;
