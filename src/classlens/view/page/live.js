/** The live page: its controls make a recipe, a server carries it out, the panels show it. */

import { controls } from "./controls.js";
import { drawing } from "./drawing.js";
import { layerHeads } from "./layers.js";
import { html } from "./marks.js";
import { isPlane, ownData, pointsOf, readRecipe, writeRecipe } from "./recipe.js";
import { savingMenu } from "./saving.js";
import { seedsPanel } from "./seeds.js";
import { session } from "./session.js";
import { sharingMenu } from "./sharing.js";
import { stage } from "./stage.js";
import { readView, writeView } from "./state.js";
import { tableDialog } from "./tables.js";

const ASK_AFTER = 120;

/**
 * @param {HTMLElement} root
 * @param {{welcome: any, title?: string, remember?: boolean,
 *   ask: (request: any, onEvent: (event: any) => void, signal?: AbortSignal) => Promise<void>}} given
 */
export function live(root, { welcome, ask, title = "Classlens", remember = true }) {
  let timer = 0;
  let fileName = "";
  const views = stage({
    live: true,
    looks: welcome.looks,
    heads: layerHeads(welcome, { recipe: () => work.recipe(), change: (recipe) => change(recipe) }),
    ask: (wanted) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(wanted), ASK_AFTER);
    },
    changed: keep,
    tools: null,
  });
  const pen = drawing(welcome, { points, classes: () => work.recipe()?.data.classes ?? views.scene()?.classes ?? 2, change: redraw });
  views.host.tools = pen.tools;
  const work = session({ ask, views, status, changed: keep, usual: welcome.recipe });
  const panel = controls(welcome, { change, file: (file) => table.open(file), recipe: work.recipe });
  const table = tableDialog({ ask, fail, done: (recipe, name) => { fileName = name; change(recipe, true); }, recipe: work.recipe });
  const luck = seedsPanel({ ask, open: (seed) => set("seed", seed), fail });
  const { slots, play } = views;

  const message = html("p", { class: "message", role: "alert", hidden: true });
  const news = html("span", { class: "news", role: "status" });
  const stop = html("button", { type: "button", hidden: true, onclick: work.stop }, "Stop");
  const seed = html("input", { type: "number", step: 1, "aria-label": "seed", onchange: () => Number.isInteger(seed.valueAsNumber) && set("seed", seed.valueAsNumber) });
  const dice = html("button", { type: "button", "aria-label": "another seed", title: "another seed", onclick: () => set("seed", crypto.getRandomValues(new Uint16Array(1))[0]) }, "Dice");
  const undo = html("button", { type: "button", title: "Ctrl+Z", onclick: () => work.undo() }, "Undo");
  const redo = html("button", { type: "button", title: "Ctrl+Shift+Z", onclick: () => work.redo() }, "Redo");
  const save = (what) => one({ do: "save", what, ...work.shown() });
  root.replaceChildren(
    html(
      "header",
      {},
      html("h1", {}, title),
      play.element,
      html("span", { class: "seed" }, html("label", {}, "seed ", seed), dice),
      html("span", {}, undo, " ", redo),
      ...(remember ? [sharingMenu({ link })] : []),
      savingMenu(views, save),
      news,
      stop,
    ),
    message,
    html(
      "main",
      { class: "three" },
      html("div", { class: "column" }, slots.picture, slots.probe, slots.slice, pen.element, slots.hidden, slots.confusion),
      html("div", { class: "column" }, views.network, slots.unit, slots.words),
      html("div", { class: "column" }, panel.data, table.element, panel.training, luck.element),
    ),
  );
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    if (event.shiftKey) work.redo();
    else work.undo();
  });
  if (remember) addEventListener("hashchange", begin);
  begin();

  /** Begin with what the address says. */
  function begin() {
    const words = new URLSearchParams(remember ? location.hash.slice(1) : "");
    const kept = readView(words);
    views.restore(kept);
    work.begin(readRecipe(words, welcome), kept.epoch, words.size ? null : welcome.payload);
    shown();
  }

  /** @param {any} recipe @param {boolean} [fresh] whether it is of other data */
  function change(recipe, fresh = false) {
    work.change(recipe, { fresh });
    shown();
  }

  function set(name, value) {
    change({ ...work.recipe(), settings: { ...work.recipe().settings, [name]: value } });
  }

  /** The points that are shown, as they are drawn on. */
  function points() {
    const { data } = work.recipe();
    if (data.source === "own") return pointsOf(data);
    const scene = views.scene();
    return views.places().map((place, n) => ({ place, k: scene.y[n] }));
  }

  function redraw(list, classes, done) {
    work.change({ ...work.recipe(), data: ownData(list, classes) }, { fresh: false, join: !done });
    shown();
  }

  async function one(request) {
    let last = null;
    await ask(request, (event) => { last = event; });
    if (!last) throw new Error("The server has not answered.");
    if (last.event === "error") throw new Error(last.message);
    return last;
  }

  /** The exact lines and the words of what stands still. */
  async function look(wanted) {
    try {
      const told = await one({ do: "look", recipe: work.shown().recipe, epoch: wanted.epoch, edits: wanted.edits, window: wanted.window, slice: wanted.slice });
      views.tell(wanted.key, told);
    } catch (error) {
      fail(error);
    }
  }

  function fail(error) {
    message.textContent = error.message;
    message.hidden = false;
  }

  /** What the training does now. */
  function status({ text = "", busy = false, error = null }) {
    news.textContent = text;
    stop.hidden = !busy;
    if (error) fail(error);
    else message.hidden = true;
    shown();
  }

  function shown() {
    const recipe = work.recipe();
    panel.set(recipe, fileName);
    pen.element.hidden = !isPlane(recipe, welcome);
    pen.show();
    luck.set(recipe);
    if (document.activeElement !== seed) seed.value = String(recipe.settings.seed);
    undo.disabled = !work.canUndo();
    redo.disabled = !work.canRedo();
  }

  /** The address's part that says all that is shown. */
  function words() {
    const list = new URLSearchParams();
    const whole = writeRecipe(work.recipe(), welcome, list);
    writeView(views.kept(), list);
    return { text: list.toString(), whole };
  }

  function keep() {
    if (!remember || !views.scene()) return;
    const { text } = words();
    const address = `${location.pathname}${location.search}${text ? `#${text}` : ""}`;
    if (`${location.pathname}${location.search}${location.hash}` !== address) history.replaceState(null, "", address);
  }

  function link() {
    const { text, whole } = words();
    return { address: `${location.origin}${location.pathname}${location.search}#${text}`, text, whole };
  }

  return { destroy: () => { play.stop(); root.replaceChildren(); } };
}
