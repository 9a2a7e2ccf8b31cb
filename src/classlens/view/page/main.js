/** The page: what is shown follows from one state; every change of it draws anew. */

import { confusionPanel } from "./confusion.js";
import { curves } from "./curves.js";
import { decision } from "./decision.js";
import { diagram } from "./diagram.js";
import { hiddenPanel } from "./hidden.js";
import { html } from "./marks.js";
import { argmax, forward, score } from "./network.js";
import { grid, lift, networkAt, open, places } from "./payload.js";
import { player } from "./player.js";
import { probePanel } from "./probe.js";
import * as address from "./state.js";
import { unitPanel } from "./unit.js";
import { wordsPanel } from "./words.js";

const STILL = 100;
const MOVING = 50;

/**
 * Show a payload.
 * @param {HTMLElement} root
 * @param {{payload: any, title?: string, remember?: boolean}} given
 */
export function mount(root, { payload, title = "Classlens", remember = true }) {
  const scene = open(payload);
  const at = places(scene);
  const state = { index: payload.epochs.indexOf(payload.shown), selected: null, off: new Set(), creases: true, pick: null, playing: false };
  const grids = new Map([STILL, MOVING].map((side) => [side, grid(scene, side)]));

  const picture = decision(scene, at, (pick) => change({ pick }));
  const network = diagram(scene, (selected) => change({ selected }));
  const unit = unitPanel(scene, switchUnit, () => change({ selected: null }));
  const course = curves(payload.history, (epoch) => play.seek(epoch));
  const probe = probePanel(scene);
  const confusion = confusionPanel(payload.classes);
  const hidden = hiddenPanel(scene);
  const words = wordsPanel(payload.words);
  const play = player(payload.epochs, (index, playing) => change({ index, playing }));
  const box = html("input", { type: "checkbox", checked: true, onchange: () => change({ creases: box.checked }) });

  root.replaceChildren(
    html("header", {}, html("h1", {}, title), play.element),
    html(
      "main",
      {},
      html(
        "div",
        { class: "column" },
        html("section", { class: "panel look" }, picture.element, html("label", {}, box, " show where units turn on")),
        hidden.element,
        ...(scene.y.length ? [confusion.element] : []),
      ),
      html(
        "div",
        { class: "column" },
        html("section", { class: "panel net" }, html("h2", {}, "The network"), html("div", { class: "scroll" }, network.element), course.element),
        probe.element,
        unit.element,
        words.element,
      ),
    ),
  );
  restore();

  function restore() {
    const kept = remember ? address.read(location.hash) : {};
    if (kept.creases !== undefined) box.checked = state.creases = kept.creases;
    const known = new Set(payload.network.layers.flatMap((layer) => Array.from({ length: layer.units }, (_, i) => `${layer.name}.${i}`)));
    state.off = new Set((kept.off ?? []).filter((name) => known.has(name)));
    if (kept.unit && known.has(kept.unit)) {
      const dot = kept.unit.lastIndexOf(".");
      state.selected = { layer: kept.unit.slice(0, dot), unit: Number(kept.unit.slice(dot + 1)) };
    }
    play.seek(kept.epoch ?? payload.shown);
  }

  function switchUnit(name, off) {
    const units = new Set(state.off);
    if (off) units.add(name);
    else units.delete(name);
    change({ off: units });
  }

  function change(parts) {
    Object.assign(state, parts);
    draw(Object.keys(parts).join() === "pick");
  }

  /** @param {boolean} onlyPick */
  function draw(onlyPick) {
    const epoch = payload.epochs[state.index];
    const net = networkAt(scene, state.index);
    drawProbe(net);
    if (onlyPick && state.drawn) {
      picture.draw({ ...state.drawn, pick: state.pick?.example ?? null });
      return;
    }
    const side = state.playing ? MOVING : STILL;
    const values = forward(net, grids.get(side), state.off);
    const own = scene.y.length ? forward(net, scene.X, state.off) : null;
    const result = own && score(own.at(-1).a, scene.y, scene.classes);
    const before = state.off.size && own ? score(forward(net, scene.X).at(-1).a, scene.y, scene.classes).right : result?.right;
    const predicted = own ? scene.y.map((_, n) => argmax(own.at(-1).a, n * scene.classes, scene.classes)) : [];
    const exact = state.off.size ? null : (payload.pictures[String(epoch)] ?? null);
    const selected = state.selected && `${state.selected.layer}.${state.selected.unit}`;
    state.drawn = { selected, logits: values.at(-1).a, side, predicted, picture: exact, creases: state.creases, pick: state.pick?.example ?? null };
    picture.draw(state.drawn);
    network.draw({ network: net, grid: grids.get(side), values, side, off: state.off, selected });
    unit.draw({ selected: state.selected, network: net, values, side, off: state.off, words: words.at(epoch), right: result?.right ?? 0, before: before ?? 0 });
    course.draw(epoch);
    if (result) confusion.draw(result, scene.y.length);
    if (own) hidden.draw(net, own);
    words.draw(epoch, state.off.size > 0);
    if (remember && !state.playing) {
      const kept = { epoch: epoch === payload.shown ? null : epoch, unit: selected, creases: state.creases ? null : false, off: [...state.off] };
      const text = address.write(kept);
      history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    }
  }

  function drawProbe(net) {
    if (!state.pick) {
      probe.draw(null);
      return;
    }
    const { example, place } = state.pick;
    const inputs = payload.network.inputs;
    const x = example === null ? Float64Array.from(lift(scene, ...place)) : scene.X.slice(example * inputs, (example + 1) * inputs);
    probe.draw({ example, x, network: net, values: forward(net, x, state.off) });
  }

  return { destroy: () => { play.stop(); root.replaceChildren(); } };
}
