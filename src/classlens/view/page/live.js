/** The live page: its controls make a recipe, a server carries it out, the panels show it. */

import { controls } from "./controls.js";
import { drawing } from "./drawing.js";
import { layerHeads } from "./layers.js";
import { html } from "./marks.js";
import { notice } from "./notice.js";
import { isPlane, namesOf, ownData, pointsOf, readRecipe, recipeWords, writeRecipe } from "./recipe.js";
import { savingMenu } from "./saving.js";
import { seedsPanel } from "./seeds.js";
import { session } from "./session.js";
import { sharingMenu } from "./sharing.js";
import { stage } from "./stage.js";
import { notUnderstood, readView, VIEW_WORDS, writeView } from "./state.js";
import { tableDialog } from "./tables.js";

const ASK_AFTER = 120;
// What has an undo of its own.
const TYPED = "textarea, input:not([type]), input[type=text], input[type=number]";

/**
 * @param {HTMLElement} root
 * @param {{welcome: any, title?: string, remember?: boolean,
 *   ask: (request: any, onEvent: (event: any) => void, signal?: AbortSignal) => Promise<void>}} given
 */
export function live(root, { welcome, ask, title = "Classlens", remember = true }) {
  let timer = 0;
  const files = new Map();
  const views = stage({
    live: true,
    looks: welcome.looks,
    heads: layerHeads(welcome, { recipe: () => work.recipe(), change: (recipe) => change(recipe) }),
    ask: (wanted) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(wanted), ASK_AFTER);
    },
    changed: () => { keep(); steps(); },
    note: (what) => work.note(what),
    tools: null,
  });
  const pen = drawing(welcome, { points, classes: () => work.recipe()?.data.classes ?? views.scene()?.classes ?? 2, name: nameOf, change: redraw });
  views.host.tools = pen.tools;
  const work = session({ ask, views, status, changed: () => { keep(); shown(); }, usual: welcome.recipe });
  const panel = controls(welcome, { change, file: (file) => table.open(file), recipe: work.recipe });
  const table = tableDialog({ ask, fail, done: (recipe, name) => { files.set(recipe.data.table, name); change(recipe, true); }, recipe: work.recipe });
  const luck = seedsPanel({ ask, open: (seed) => set("seed", seed), fail });
  const { slots, play } = views;

  const [message, linked] = [notice("alert"), notice("status")];
  const news = html("span", { class: "news", role: "status" });
  const stop = html("button", { type: "button", hidden: true, onclick: work.stop }, "Stop");
  const again = html("button", { type: "button", hidden: true, onclick: () => act(work.again) }, "Train again");
  const seed = html("input", { type: "number", step: 1, "aria-label": "seed", onchange: () => Number.isInteger(seed.valueAsNumber) && set("seed", seed.valueAsNumber) });
  const dice = html("button", { type: "button", "aria-label": "another seed", title: "another seed", onclick: () => set("seed", crypto.getRandomValues(new Uint16Array(1))[0]) }, "Dice");
  const undo = html("button", { type: "button", title: "Ctrl+Z", onclick: () => act(work.undo) }, "Undo");
  const redo = html("button", { type: "button", title: "Ctrl+Shift+Z", onclick: () => act(work.redo) }, "Redo");
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
      stop,
      again,
      news,
    ),
    message.element,
    linked.element,
    html(
      "main",
      { class: "three" },
      html("div", { class: "column" }, slots.picture, slots.probe, slots.slice, slots.hidden, slots.confusion),
      html("div", { class: "column" }, views.network, slots.unit, slots.words),
      html("div", { class: "column" }, panel.data, table.element, panel.training, luck.element),
    ),
  );
  // In a page of its own the keys are the page's wherever the focus is.
  const keyed = remember ? document : root;
  keyed.addEventListener("keydown", keys);
  if (remember) addEventListener("hashchange", begin);
  begin();

  /** Ctrl+Z, except where it takes back what is being typed. */
  function keys(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches?.(TYPED)) return;
    event.preventDefault();
    act(event.shiftKey ? work.redo : work.undo);
  }

  /** Begin with what the address says. */
  function begin() {
    const words = new URLSearchParams(remember ? location.hash.slice(1) : "");
    const wrong = new Set([...words.keys()].filter((name) => !VIEW_WORDS.includes(name) && !recipeWords(welcome).includes(name)));
    const [recipe, kept] = [readRecipe(words, welcome, wrong), readView(words, wrong)];
    linked.say(notUnderstood(words, wrong));
    act(() => work.begin(recipe, kept, words.size ? null : welcome.payload));
  }

  /** What somebody does; what was refused before is past. */
  function act(work_) {
    message.say("");
    work_();
    shown();
  }

  /** @param {any} recipe @param {boolean} [fresh] whether it is of other data */
  function change(recipe, fresh = false) {
    act(() => work.change(recipe, { fresh }));
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
    const data = ownData(list, classes, namesOf(work.recipe().data, classes, views.scene()?.payload, welcome));
    act(() => work.change({ ...work.recipe(), data }, { fresh: false, join: !done }));
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
    message.say(error.message);
  }

  /** What a class is called, or would be. @param {number} k */
  function nameOf(k) {
    const recipe = work.recipe();
    const names = recipe && namesOf(recipe.data, k + 1, views.scene()?.payload, welcome).names;
    return names?.[k] ?? `c${k}`;
  }

  /** What the training does now. */
  function status({ text = "", busy = false, stopped = false, error = null }) {
    news.textContent = text;
    stop.hidden = !busy;
    again.hidden = !stopped;
    if (error) fail(error);
  }

  function shown() {
    const recipe = work.recipe();
    panel.set(recipe, files.get(recipe.data.table));
    // Not on the picture of other data, which is there until a training has ended.
    pen.element.hidden = !isPlane(recipe, welcome) || views.scene()?.payload.plane.origin !== null;
    pen.show();
    luck.set(recipe);
    if (document.activeElement !== seed) seed.value = String(recipe.settings.seed);
    steps();
  }

  function steps() {
    undo.disabled = !work.canUndo();
    redo.disabled = !work.canRedo();
  }

  /**
   * The address's part that says all that is shown.
   * @param {boolean} [alone] also what this page was opened with
   */
  function words(alone) {
    const list = new URLSearchParams();
    const whole = writeRecipe(work.recipe(), welcome, list, alone);
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
    return words(true);
  }

  return { destroy: () => { play.stop(); keyed.removeEventListener("keydown", keys); root.replaceChildren(); } };
}
