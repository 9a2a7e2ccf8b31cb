/** The controls of data and training: what they say becomes a recipe. */

import { html } from "./marks.js";
import { isPlane } from "./recipe.js";

const NAMES = {
  learning_rate: "learning rate", batch_size: "batch size", weight_decay: "weight decay (L2 penalty)", l1: "L1 penalty",
  validation_fraction: "validation share", patience: "stop after epochs without gain",
};
const NOISES = "How far points stray.";

/**
 * @param {any} welcome
 * @param {{change: (recipe: any, fresh?: boolean) => void, file: (file: File) => void, recipe: () => any}} acts
 *   fresh: whether it is other data, so that the window is chosen anew
 */
export function controls(welcome, { change, file, recipe }) {
  const source = html("select", { "aria-label": "data set", onchange: () => chosen(source.value) });
  const help = html("p", { class: "quiet" });
  const data = html("div", { class: "fields" });
  const upload = html("input", { type: "file", "aria-label": "your own file", onchange: () => { if (upload.files[0]) file(upload.files[0]); upload.value = ""; } });
  const inputs = html("fieldset", { class: "inputs" }, html("legend", {}, "features that the network is given"), ...welcome.inputs.map(input));
  const scaled = html("input", { type: "checkbox", onchange: () => change({ ...recipe(), standardise: scaled.checked }) });
  const training = html("div", { class: "fields" });
  const dataPanel = html(
    "section",
    { class: "panel data" },
    html("h2", {}, "Data"),
    html("label", { class: "field" }, html("span", {}, "data set"), source),
    help,
    data,
    html("label", { class: "field" }, html("span", {}, "your own table"), upload),
    inputs,
    html("label", { class: "scaled" }, scaled, " standardise features"),
  );
  const trainingPanel = html("section", { class: "panel training" }, html("h2", {}, "Training"), training);

  function chosen(name) {
    const row = welcome.datasets.find((each) => each.source === name);
    if (!row) return;
    const first = welcome.recipe;
    const settings = { ...recipe().settings, ...(row.kind === "table" ? first.settings : {}), ...(row.suited ?? {}) };
    change({ ...recipe(), data: { source: name, ...(row.defaults ?? {}) }, inputs: ["x0", "x1"], standardise: row.standardise ?? false, settings }, true);
  }

  /** One of the features that are made of the two coordinates; at least one is given. */
  function input(name) {
    const box = html("input", { type: "checkbox", name });
    box.addEventListener("change", () => {
      const given = welcome.inputs.filter((other) => (other === name ? box.checked : recipe().inputs.includes(other)));
      if (given.length) change({ ...recipe(), inputs: given });
      else box.checked = true;
    });
    return html("label", {}, box, ` ${name}`);
  }

  /** A field that is read when it is left or its arrows are used, and refused where it is no number. */
  function numeric(name, value, { low, high, step, optional, help: title }, onChange) {
    const field = html("input", { type: "number", min: low, max: high, step: step ?? "any", value: text(value()), title: title ?? "", placeholder: optional ? "none" : "", name });
    field.addEventListener("change", () => {
      if (field.value === "" && optional) onChange(null);
      else if (Number.isFinite(field.valueAsNumber)) onChange(field.valueAsNumber);
    });
    field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur()); // a notebook takes Enter away
    field.addEventListener("blur", () => { field.value = text(value()); });
    return html("label", { class: "field" }, html("span", {}, NAMES[name] ?? name), field);
  }

  function set(name, value) {
    const now = recipe();
    const settings = { ...now.settings, [name]: value };
    if (name === "optimizer" && value !== "sgd" && value !== "rmsprop") settings.momentum = 0;
    if (name === "validation_fraction" && !value) settings.patience = null;
    if (name === "patience" && value && !settings.validation_fraction) settings.validation_fraction = 0.2;
    change({ ...now, settings });
  }

  function dataFields(now) {
    const { data: given } = now;
    const put = (name) => (value) => change({ ...recipe(), data: { ...recipe().data, [name]: value } }, true);
    if (given.source === "file") return [];
    if (welcome.datasets.find((each) => each.source === given.source)?.kind !== "toy") return [];
    const rows = {
      classes: { low: 2, high: welcome.limits.classes, step: 1 },
      samples: { low: 2, high: welcome.limits.points, step: 1 },
      noise: { low: 0, high: 10, step: 0.1, help: NOISES },
      seed: { low: 0, high: 2 ** 32 - 1, step: 1, help: "Decides the points." },
    };
    const field_ = (name, row) => numeric(name === "seed" ? "data seed" : name, () => recipe().data[name], row, put(name));
    return Object.entries(rows).map(([name, row]) => ({ name: name === "seed" ? "data seed" : name, value: given[name], make: () => field_(name, row) }));
  }

  function field(name, row, value) {
    if (row.control === "choice") {
      const select = html("select", { title: row.help, name, onchange: () => set(name, select.value) }, ...row.choices.map((word) => html("option", { value: word, selected: word === value }, word)));
      return html("label", { class: "field" }, html("span", {}, NAMES[name] ?? name), select);
    }
    const whole = row.control === "whole";
    return numeric(name, () => recipe().settings[name], { low: row.low, high: whole && name === "epochs" ? welcome.limits.epochs : row.high, step: whole ? 1 : undefined, optional: row.optional, help: row.help }, (given) => set(name, given));
  }

  /** Which settings have a meaning beside the others. */
  function used(name, settings) {
    if (name === "momentum") return ["sgd", "rmsprop"].includes(settings.optimizer);
    if (name === "patience") return settings.validation_fraction > 0;
    return true;
  }

  return {
    data: dataPanel,
    training: trainingPanel,
    /** Show a recipe. @param {any} now @param {string} name of the file, if there is one */
    set(now, name = "") {
      const rows = [...welcome.datasets.map((row) => [row.source, row.label])];
      if (now.data.source === "own") rows.push(["own", "your own points"]);
      if (now.data.source === "file") rows.push(["file", name]);
      source.replaceChildren(...rows.map(([value, label]) => html("option", { value, selected: value === now.data.source }, label)));
      help.textContent = welcome.datasets.find((row) => row.source === now.data.source)?.help ?? "";
      renew(data, dataFields(now));
      const plane = isPlane(now, welcome);
      inputs.hidden = !plane;
      for (const box of inputs.querySelectorAll("input")) box.checked = now.inputs.includes(box.name);
      scaled.checked = now.standardise;
      const table = now.data.source === "file" || welcome.datasets.find((row) => row.source === now.data.source)?.kind === "table";
      scaled.parentElement.hidden = table;
      const shown = Object.entries(welcome.settings).filter(([each]) => used(each, now.settings));
      renew(training, shown.map(([name_, row]) => ({ name: name_, value: now.settings[name_], make: () => field(name_, row, now.settings[name_]) })));
    },
  };
}

const text = (value) => (value === null || value === undefined ? "" : String(value));

/**
 * The fields of these rows; those that are there already keep their place and the focus.
 * @param {HTMLElement} element
 * @param {{name: string, value: any, make: () => Node}[]} rows
 */
function renew(element, rows) {
  const names = rows.map(({ name }) => name).join(" ");
  if (element.dataset.names !== names) {
    element.dataset.names = names;
    element.replaceChildren(...rows.map(({ make }) => make()));
    return;
  }
  for (const { name, value } of rows) {
    const box = element.querySelector(`[name="${name}"]`);
    // What is being typed is not taken away.
    if (box !== document.activeElement || box.tagName === "SELECT") box.value = text(value);
  }
}
