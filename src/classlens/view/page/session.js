/** The live page's work: one recipe at a time is trained, and what was before can come back. */

import { pointsOf } from "./recipe.js";

const MOST_STEPS = 100;
// News of a training come when it has taken so long.
const PATIENCE = 150;
// Between two pictures of a training the page rests so many times as long as one has taken, or those
// of a long one would queue up before its end, and before what is clicked meanwhile.
const RESTS = 2;

/**
 * What somebody has changed in a trained network. It belongs to that network: another training
 * begins without, and undo brings both back.
 * @typedef {{edits: number[][], off: Set<string>}} Hand
 */
const untouched = () => ({ edits: [], off: new Set() });

/**
 * @typedef {{text?: string, busy?: boolean, stopped?: boolean, error?: Error|null}} News
 *
 * @param {{ask: (request: any, onEvent: (event: any) => void, signal?: AbortSignal) => Promise<void>,
 *   views: ReturnType<import("./stage.js").stage>, changed: () => void, usual: any,
 *   status: (news: News) => void}} given
 */
export function session({ ask, views, status, changed, usual }) {
  let recipe = null;
  let window_ = null;
  let past = [];
  let future = [];
  let running = null;
  let waiting = false;
  let epoch = null;
  let joined = false;
  let noted = null;
  let latest = null;
  let drawing = 0;
  let rest = 0;
  // What the last training gave, and how it was changed by hand when something else was asked for.
  let good = null;
  // The changes by hand that come with the recipe that is asked for; null when it is shown.
  let pending = null;

  const hand = () => ({ edits: views.state.edits, off: views.state.off });
  const snapshot = () => ({ recipe, window: window_, hand: pending ?? hand() });

  /** Something else is asked for than what is shown. */
  function leave() {
    if (good && !pending) good.hand = hand();
  }

  function step() {
    past = [...past, snapshot()].slice(-MOST_STEPS);
    future = [];
  }

  /**
   * Another recipe.
   * @param {any} next
   * @param {{fresh: boolean, join?: boolean}} how fresh: the window is chosen anew; join: it belongs
   *   to the change before, as the steps of a drag do
   */
  function change(next, { fresh, join = false }) {
    leave();
    if (!joined) step();
    joined = join;
    recipe = next;
    window_ = fresh ? null : (views.scene()?.payload.plane.origin === null ? views.scene().payload.window : null);
    pending = untouched();
    train();
  }

  /**
   * The network is about to be changed by hand.
   * @param {string} what changes of the same, as while a number is typed, are one step
   */
  function note(what) {
    if (what !== noted) step();
    noted = what;
    joined = false;
  }

  /** Whether a recipe's own points are too few to learn from: they are then shown, and no more. */
  function tooFew() {
    if (recipe.data.source !== "own" || new Set(recipe.data.y).size > 1) return false;
    if (!views.scene()) {
      [recipe, pending] = [usual, untouched()];
      status({ error: new Error("The link's points are too few to learn from; the default is used.") });
      return false;
    }
    if (pending) Object.assign(views.state, pending);
    pending = null;
    views.showPoints(pointsOf(recipe.data), recipe.data.names);
    status({ text: "Add points of two classes, and it is trained." });
    return true;
  }

  function back(from, to) {
    if (!from.length) return [from, to];
    const before = from[from.length - 1];
    const kept = [...to, snapshot()];
    // Of the same network only what was changed by hand is another.
    leave();
    const same = before.recipe === recipe && recipe === good?.recipe && !running;
    ({ recipe, window: window_ } = before);
    joined = false;
    noted = null;
    if (same) views.change(before.hand);
    else {
      pending = before.hand;
      train();
    }
    return [from.slice(0, -1), kept];
  }

  /** @param {boolean} [anew] whether one that was stopped is to be trained as far as the recipe says */
  function train(anew = false) {
    noted = null;
    if (tooFew()) {
      waiting = false;
      running?.controller.abort();
      return;
    }
    if (running) {
      waiting = true;
      if (running.begun) running.controller.abort();
      return;
    }
    waiting = false;
    carryOut(anew);
  }

  async function carryOut(anew) {
    const controller = new AbortController();
    const now = recipe;
    // One that is under way is given up for another; one that is compiled, which cannot end, is not.
    running = { controller, begun: false };
    const timer = setTimeout(() => status({ text: "training…", busy: true }), PATIENCE);
    let end = null;
    try {
      await ask({ do: "train", recipe: now, window: window_, anew }, (event) => {
        if (running) running.begun = event.event === "progress";
        if (waiting && running?.begun) controller.abort();
        else if (event.event === "progress") progress(event);
        else end = event;
      }, controller.signal);
    } catch (error) {
      end = error.name === "AbortError" ? null : { event: "error", message: error.message };
    }
    clearTimeout(timer);
    clearTimeout(drawing);
    drawing = 0;
    running = null;
    if (controller.signal.aborted) end = null;
    else end ??= { event: "error", message: "The server has not answered. Change something to ask again." };
    if (end?.event === "trained" && !waiting) finish(end.payload, now);
    else if (end?.event === "trained" && now.data.source === "own") finish(end.payload, now); // a drag goes on
    else if (end?.event === "error" && !waiting) refused(new Error(end.message));
    if (waiting) train();
  }

  /** What cannot be done is said, and the controls say again what is shown. */
  function refused(error) {
    let said_ = error.message;
    if (good) {
      if (recipe !== good.recipe) said_ += `${/[.!?]$/.test(said_) ? "" : "."} The page is as it was before.`;
      past = without(past);
      future = without(future);
      ({ recipe, window: window_ } = good);
      joined = false;
      pending = null;
      if (views.scene().payload.partial) {
        Object.assign(views.state, good.hand);
        views.show(good.payload, { atEnd: false });
      } else views.change(good.hand);
    } else if (usual && recipe !== usual) {
      // A page that shows nothing yet begins as it does without an address.
      recipe = usual;
      pending = untouched();
      waiting = true;
    }
    status({ error: new Error(said_) });
    changed();
  }

  /** The steps without the one that has led away from what is shown. */
  function without(steps) {
    const at = steps.findLastIndex((each) => each.recipe === good.recipe);
    return at < 0 ? steps : steps.slice(0, at);
  }

  function progress({ epoch: at, epochs, payload }) {
    status({ text: `epoch ${at} of ${epochs}`, busy: true });
    if (!payload) return;
    latest = payload;
    drawing ||= setTimeout(drawLatest, rest);
  }

  function drawLatest() {
    const started = performance.now();
    drawing = 0;
    Object.assign(views.state, untouched());
    views.show({ ...latest, partial: true });
    rest = RESTS * (performance.now() - started);
  }

  function finish(payload, now) {
    const atEnd = epoch === null && (!views.scene() || views.play.atEnd(views.scene().payload.shown));
    if (pending) Object.assign(views.state, pending);
    if (!waiting) pending = null;
    good = { recipe: now, window: window_, payload, hand: hand() };
    views.show(payload, { atEnd });
    if (epoch !== null) views.play.seek(epoch);
    epoch = null;
    const stopped = payload.ending === "interrupted";
    const early = { early: ` Stopped early, after epoch ${payload.history.epoch.length}.`, interrupted: ` Stopped after epoch ${payload.history.epoch.length}.` };
    status({ text: `trained in ${said(payload.seconds)}.${early[payload.ending] ?? ""}`, stopped });
    changed();
  }

  return {
    recipe: () => recipe,
    /** The recipe and the view of what is on the page, which a change that is under way is not yet. */
    shown: () => ({ recipe: good?.recipe, epoch: views.shown().epoch, edits: views.changes() }),
    /**
     * @param {any} first
     * @param {ReturnType<import("./state.js").readView>} kept what an address says of the view
     * @param {any} [payload] what was trained already
     */
    begin(first, kept, payload) {
      leave();
      if (recipe) step();
      views.restore(kept);
      recipe = first;
      window_ = null;
      epoch = kept.epoch ?? null;
      pending = hand();
      if (payload) finish(payload, first);
      else train();
    },
    change,
    note,
    again: () => train(true),
    stop: () => ask({ do: "stop" }, () => {}),
    undo() { [past, future] = back(past, future); },
    redo() { [future, past] = back(future, past); },
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
  };
}

const said = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(1)} s`);
