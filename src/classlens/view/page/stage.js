/** The panels that show a model: what they show follows from one state, and every change draws anew. */

import { handSign, silenced } from "./byhand.js";
import { confusionPanel } from "./confusion.js";
import { curves } from "./curves.js";
import { decision } from "./decision.js";
import { diagram } from "./diagram.js";
import { hiddenPanel } from "./hidden.js";
import { sampledCreases, sampledLines } from "./lines.js";
import { html } from "./marks.js";
import { argmax, edited, forward, score } from "./network.js";
import { encoded, grid, lift, networkAt, open, places, rowsOf } from "./payload.js";
import { player } from "./player.js";
import { probePanel } from "./probe.js";
import { slicePanel } from "./slices.js";
import { unitPanel } from "./unit.js";
import { wordsPanel } from "./words.js";

const STILL = 100;
const MOVING = 50;

/**
 * @typedef {object} Host what the panels leave to others
 * @property {boolean} live whether a server can be asked
 * @property {(seen: Wanted) => void} [ask] called when the picture stands still
 * @property {() => void} [changed] called when what the address keeps has changed
 * @property {(what: string) => void} [note] called before the network is changed by hand
 * @property {import("./points.js").Tools|null} [tools] for drawing points
 * @property {{colour: string, marker: string}[]} [looks] of all classes that there can be
 * @property {(scene: any) => Node} [heads] what stands over a column of the network
 *
 * @typedef {{epoch: number, edits: number[][], window: number[][], slice: any, key: string}} Wanted
 */

/** @param {Host} host */
export function stage(host) {
  const state = { index: 0, selected: null, off: new Set(), edits: [], creases: true, pick: null, pinned: null, playing: false };
  const slots = Object.fromEntries(["picture", "slice", "hidden", "confusion", "network", "curves", "probe", "unit", "words"].map((name) => [name, html("div", { class: `slot ${name}-slot` })]));
  const hint = html("p", { class: "quiet" }, "Click a unit to look into it, or a line to change its weight.");
  const sign = handSign(() => byHand("all", { edits: [], off: new Set() }));
  const network = html("section", { class: "panel net" }, html("h2", {}, "The network"), hint, sign.element, slots.network, slots.curves);
  const play = player((index, playing) => change({ index, playing }));
  const box = html("input", { type: "checkbox", checked: true, onchange: () => change({ creases: box.checked }) });
  // The tools for points stand above the picture, and stay while it is built anew.
  const frame = html("div");
  const creases = html("label", { class: "quiet", title: "the dashed lines: on one side of each a hidden unit is at work, on the other not" }, box, " show where units turn on");
  const look = html("section", { class: "panel look" }, frame, creases);
  slots.picture.append(look);
  const seen = new Map();
  let scene = null;
  let shape = "";
  let drawn = "";
  let panels = {};
  let grids = new Map();
  let at = [];
  let last = null;

  /**
   * Show a payload; the epoch stays where it is, or at the end.
   * @param {any} payload
   * @param {{atEnd?: boolean}} [how]
   */
  function show(payload, { atEnd = true } = {}) {
    const before = scene && scene.payload.epochs[state.index];
    scene = Object.assign(scene ?? {}, open(payload));
    seen.clear();
    for (const [epoch, picture] of Object.entries(payload.pictures)) seen.set(keyOf(Number(epoch), []), { picture, words: payload.words[epoch] });
    for (const [epoch, words] of Object.entries(payload.words)) {
      const key = keyOf(Number(epoch), []);
      seen.set(key, { ...seen.get(key), words });
    }
    const now = JSON.stringify([payload.network, payload.classes, payload.features, payload.plane, payload.window, payload.image]);
    const points = JSON.stringify([payload.data, payload.parts]);
    if (now !== shape) build();
    else if (points !== drawn) panels.picture.setPoints(at = places(scene));
    [shape, drawn] = [now, points];
    if ((state.pick?.example ?? 0) >= at.length) state.pick = null;
    if ((state.pinned?.example ?? 0) >= at.length) state.pinned = null;
    panels.course = curves(payload.history, (epoch) => play.seek(epoch));
    slots.curves.replaceChildren(panels.course.element);
    play.set(payload.epochs, payload.epochs.indexOf(payload.shown));
    play.seek(atEnd || before === null ? payload.shown : before);
  }

  /**
   * Other points beside the same network, which has not learned from them.
   * @param {{place: number[], k: number}[]} points
   * @param {string[]} [names] of their classes
   */
  function showPoints(points, names = scene.payload.classes) {
    const { payload } = scene;
    const flat = points.flatMap(({ place }) => place);
    const X = points.flatMap(({ place }) => lift(scene, ...place));
    const data = { rows: null, of: points.length, X: encoded(X), places: encoded(flat), y: points.map(({ k }) => k) };
    const count = Math.max(scene.classes, ...data.y.map((k) => k + 1));
    const classes = Array.from({ length: count }, (_, k) => names[k] ?? payload.classes[k] ?? `c${k}`);
    show({ ...payload, classes, looks: host.looks, data, parts: null, partial: true }, { atEnd: false });
  }

  function build() {
    const label = network.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const known = new Set(scene.payload.network.layers.slice(0, -1).flatMap((layer) => Array.from({ length: layer.units }, (_, i) => `${layer.name}.${i}`)));
    state.off = new Set([...state.off].filter((name) => known.has(name)));
    if (state.selected && !known.has(nameOf(state.selected))) state.selected = null;
    state.edits = state.edits.filter(([layer, input, unit]) => fits(scene.payload.network, layer, input, unit));
    state.pick = state.pinned = null;
    at = places(scene);
    grids = new Map([STILL, MOVING].map((side) => [side, grid(scene, side)]));
    panels = {
      picture: decision(scene, at, { onPick: pick, tools: host.tools ?? null }),
      slice: slicePanel(scene, (plane, window) => replane(plane, window)),
      network: diagram(scene, { onSelect: (selected) => change({ selected }), onLink: (link) => selectLink(link), heads: host.heads, room: network.clientWidth - 26 }),
      unit: unitPanel(scene, { onSwitch: switchUnit, onClose: () => change({ selected: null }), onEdit: editWeight }),
      probe: probePanel(scene),
      confusion: confusionPanel(scene.payload.classes),
      hidden: hiddenPanel(scene, (example) => pick({ example, place: at[example] }, true)),
      words: wordsPanel(),
    };
    const held = frame.contains(document.activeElement);
    if (host.tools && !look.contains(host.tools.element)) look.prepend(host.tools.element);
    frame.replaceChildren(panels.picture.element);
    if (held) frame.querySelector("[tabindex]").focus();
    slots.network.replaceChildren(html("div", { class: "scroll" }, panels.network.element), panels.network.key);
    if (label) slots.network.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
    slots.slice.replaceChildren(panels.slice.element);
    for (const name of ["unit", "probe", "hidden", "words"]) slots[name].replaceChildren(panels[name].element);
    slots.confusion.replaceChildren(panels.confusion.element);
  }

  /** Another plane through the inputs: the same network, other pictures. */
  function replane(plane, window) {
    const payload = { ...scene.payload, plane, window, pictures: {} };
    show(payload, { atEnd: false });
  }

  function pick(found, pinned = false) {
    if (pinned) state.pinned = found;
    change({ pick: found ?? state.pinned });
  }

  function selectLink({ layer, input, unit }) {
    change({ selected: { layer, unit } });
    panels.unit.focus(input);
  }

  function switchUnit(name, off) {
    const units = new Set(state.off);
    if (off) units.add(name);
    else units.delete(name);
    byHand(`switch ${name} ${off}`, { off: units });
  }

  function editWeight(layer, input, unit, value) {
    const others = state.edits.filter((edit) => edit[0] !== layer || edit[1] !== input || edit[2] !== unit);
    byHand(`weight ${layer} ${input} ${unit}`, { edits: [...others, [layer, input, unit, value]] });
  }

  /** Another network, as somebody wants it. @param {string} what is changed @param {Partial<typeof state>} parts */
  function byHand(what, parts) {
    host.note?.(what);
    change(parts);
  }

  /** The weights that are other than in the training. */
  const changes = () => [...state.edits, ...silenced(networkAt(scene, state.index), state.off)];

  function change(parts) {
    Object.assign(state, parts);
    if (scene) draw(Object.keys(parts).join() === "pick");
  }

  function keyOf(epoch, edits) {
    return JSON.stringify([epoch, edits]);
  }

  /** @param {boolean} onlyPick */
  function draw(onlyPick) {
    const { payload } = scene;
    if (onlyPick && last) {
      drawPick();
      return;
    }
    const epoch = payload.epochs[state.index];
    const net = edited(networkAt(scene, state.index), state.edits);
    const side = state.playing ? MOVING : STILL;
    const values = forward(net, grids.get(side), state.off);
    const own = scene.y.length ? forward(net, scene.X, state.off) : null;
    const result = own && score(own.at(-1).a, scene.y, scene.classes);
    const before = state.off.size && own ? score(forward(net, scene.X).at(-1).a, scene.y, scene.classes).right : result?.right;
    const predicted = own ? scene.y.map((_, n) => argmax(own.at(-1).a, n * scene.classes, scene.classes)) : [];
    const edits = changes();
    const key = keyOf(epoch, edits);
    const exact = seen.get(key)?.picture ?? null;
    // Where a unit turns on that is held at 0 nothing changes.
    if (exact) for (const name of state.off) delete exact.creases[name];
    const logits = values.at(-1).a;
    const selected = state.selected && nameOf(state.selected);
    const lines = exact ? null : sampledLines(logits, side, scene.classes);
    const folds = exact || !state.creases ? {} : sampledCreases(net, values, side, state.off);
    last = { epoch, net, own, predicted, key, view: { selected, logits, side, predicted, picture: exact, lines, folds, creases: state.creases } };
    panels.network.draw({ network: net, grid: grids.get(side), values, side, off: state.off, selected });
    panels.unit.draw({ selected: state.selected, network: net, values, side, off: state.off, edits: state.edits, words: seen.get(key)?.words ?? null, right: result?.right ?? 0, before: before ?? 0 });
    sign.draw(state);
    panels.course.draw(epoch);
    slots.confusion.hidden = !result;
    if (result) panels.confusion.draw(result, rowsOf(scene, predicted));
    slots.hidden.hidden = !own;
    if (own) panels.hidden.draw(net, own, state.pick?.example ?? null);
    panels.words.draw(told(epoch, key));
    drawPick();
    if (state.playing) return;
    host.changed?.();
    // Of a training that goes on nothing is asked: it is another network by then.
    if (!payload.partial && !seen.get(key)?.words && host.ask) host.ask({ epoch, edits, window: payload.window, slice: sliceOf(payload.plane), key });
  }

  const sliceOf = ({ origin, u, v }) => (origin === null ? null : { origin, u, v });

  /** The words of what is shown, or of the nearest epoch that has some, and what to say of that. */
  function told(epoch, key) {
    const own = seen.get(key)?.words;
    if (own) return { words: own, note: "" };
    if (host.live) return { words: null, note: "" };
    const epochs = Object.keys(scene.payload.words).map(Number);
    if (!epochs.length) return { words: null, note: "" };
    const nearest = epochs.reduce((a, b) => (Math.abs(b - epoch) < Math.abs(a - epoch) ? b : a));
    const words = scene.payload.words[String(nearest)];
    if (state.edits.length || state.off.size) return { words, note: "Of the network before it was changed here: a report cannot tell more." };
    return { words, note: `Of epoch ${nearest}; words are kept for ${epochs.length === 1 ? "this epoch only" : `the epochs ${epochs.join(", ")}`}.` };
  }

  function drawPick() {
    const { pick: picked } = state;
    panels.picture.draw({ ...last.view, pick: picked?.example ?? null });
    if (last.own) panels.hidden.mark(picked?.example ?? null);
    if (!picked) {
      panels.probe.draw(null);
      panels.picture.reach(null);
      return;
    }
    const inputs = scene.payload.network.inputs;
    const x = picked.example === null ? Float64Array.from(lift(scene, ...picked.place)) : scene.X.slice(picked.example * inputs, (picked.example + 1) * inputs);
    const place = picked.example === null ? picked.place : at[picked.example];
    const nearest = panels.picture.nearest(place);
    panels.picture.reach(nearest && { from: place, to: nearest.place });
    panels.probe.draw({ example: picked.example, x, network: last.net, own: last.own, values: forward(last.net, x, state.off), nearest });
  }

  return {
    host,
    slots,
    network,
    play,
    state,
    show,
    showPoints,
    change,
    changes,
    scene: () => scene,
    places: () => at,
    shown: () => last,
    /** What a server has told of something that was asked. @param {string} key @param {any} told */
    tell(key, told_) {
      seen.set(key, { picture: told_.picture ?? undefined, words: told_.words });
      if (last && last.key === key && !state.playing) draw(false);
    },
    /** The view that an address keeps. */
    kept() {
      const epoch = scene.payload.epochs[state.index];
      return {
        epoch: epoch === scene.payload.shown ? null : epoch,
        unit: state.selected && nameOf(state.selected),
        creases: state.creases ? null : false,
        off: [...state.off],
        edits: state.edits,
      };
    },
    /** Take over the view that an address has kept, before the first payload. */
    restore(kept) {
      if (kept.creases !== undefined) box.checked = state.creases = kept.creases;
      state.off = new Set(kept.off ?? []);
      state.edits = kept.edits ?? [];
      if (kept.unit) {
        const dot = kept.unit.lastIndexOf(".");
        state.selected = { layer: kept.unit.slice(0, dot), unit: Number(kept.unit.slice(dot + 1)) };
      }
    },
  };
}

const nameOf = ({ layer, unit }) => `${layer}.${unit}`;

/** Whether a network has this weight. */
function fits(spec, layer, input, unit) {
  const before = layer === 0 ? spec.inputs : spec.layers[layer - 1]?.units;
  return layer < spec.layers.length && input < before && unit < spec.layers[layer].units;
}
