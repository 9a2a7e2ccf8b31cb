/** The live page's work: one recipe at a time is trained, and what was before can come back. */

import { pointsOf } from "./recipe.js";

const MOST_STEPS = 100;
// News of a training come when it has taken so long.
const PATIENCE = 150;

/**
 * @param {{ask: (request: any, onEvent: (event: any) => void, signal?: AbortSignal) => Promise<void>,
 *   views: ReturnType<import("./stage.js").stage>, changed: () => void, usual: any,
 *   status: (news: {text?: string, busy?: boolean, error?: Error|null}) => void}} given
 */
export function session({ ask, views, status, changed, usual }) {
  let recipe = null;
  let window_ = null;
  let past = [];
  let future = [];
  let running = null;
  let waiting = false;
  let epoch = null;
  let shownRecipe = null;
  let joined = false;

  const snapshot = () => ({ recipe, window: window_, edits: views.state.edits, off: views.state.off });

  /**
   * Another recipe.
   * @param {any} next
   * @param {{fresh: boolean, join?: boolean}} how fresh: the window is chosen anew; join: it belongs
   *   to the change before, as the steps of a drag do
   */
  function change(next, { fresh, join = false }) {
    if (!joined) {
      past = [...past, snapshot()].slice(-MOST_STEPS);
      future = [];
    }
    joined = join;
    recipe = next;
    window_ = fresh ? null : (views.scene()?.payload.plane.origin === null ? views.scene().payload.window : null);
    if (fresh) views.change({ edits: [], off: new Set() });
    train();
  }

  /** Whether a recipe's own points are too few to learn from: they are then shown, and no more. */
  function tooFew() {
    if (recipe.data.source !== "own" || new Set(recipe.data.y).size > 1) return false;
    if (views.scene()) views.showPoints(pointsOf(recipe.data));
    status({ text: "Add points of two classes, and it is trained." });
    return true;
  }

  function back(from, to) {
    if (!from.length) return [from, to];
    const before = from[from.length - 1];
    const kept = [...to, snapshot()];
    ({ recipe, window: window_ } = before);
    joined = false;
    views.state.edits = before.edits;
    views.state.off = before.off;
    train();
    return [from.slice(0, -1), kept];
  }

  function train() {
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
    carryOut();
  }

  async function carryOut() {
    const controller = new AbortController();
    const now = recipe;
    // One that is under way is given up for another; one that is compiled, which cannot end, is not.
    running = { controller, begun: false };
    const timer = setTimeout(() => status({ text: "training…", busy: true }), PATIENCE);
    let end = null;
    try {
      await ask({ do: "train", recipe: now, window: window_ }, (event) => {
        if (running) running.begun = event.event === "progress";
        if (waiting && running?.begun) controller.abort();
        else if (event.event === "progress") progress(event);
        else end = event;
      }, controller.signal);
    } catch (error) {
      end = error.name === "AbortError" ? null : { event: "error", message: error.message };
    }
    clearTimeout(timer);
    running = null;
    if (controller.signal.aborted) end = null;
    else end ??= { event: "error", message: "The server has not answered. Change something to ask again." };
    if (end?.event === "trained" && !waiting) finish(end.payload, now);
    else if (end?.event === "trained" && now.data.source === "own") finish(end.payload, now); // a drag goes on
    else if (end?.event === "error" && !waiting) refused(new Error(end.message));
    if (waiting) train();
  }

  /** What cannot be done is said; a page that shows nothing yet begins as it does without an address. */
  function refused(error) {
    if (!views.scene() && usual && recipe !== usual) {
      recipe = usual;
      waiting = true;
    }
    status({ error });
  }

  function progress({ epoch: at, epochs, payload }) {
    status({ text: `epoch ${at} of ${epochs}`, busy: true });
    if (payload) views.show({ ...payload, partial: true });
  }

  function finish(payload, now) {
    shownRecipe = now;
    const atEnd = epoch === null && (!views.scene() || views.play.atEnd(views.scene().payload.shown));
    views.show(payload, { atEnd });
    if (epoch !== null) views.play.seek(epoch);
    epoch = null;
    const early = { early: ` Stopped early, after epoch ${payload.history.epoch.length}.`, interrupted: ` Stopped after epoch ${payload.history.epoch.length}.` };
    status({ text: `trained in ${said(payload.seconds)}.${early[payload.ending] ?? ""}` });
    changed();
  }

  return {
    recipe: () => recipe,
    /** The recipe and the view of what is on the page, which a change that is under way is not yet. */
    shown: () => ({ recipe: shownRecipe, epoch: views.shown().epoch, edits: views.state.edits }),
    /**
     * @param {any} first
     * @param {number} [at] the epoch to show
     * @param {any} [payload] what was trained already
     */
    begin(first, at, payload) {
      recipe = first;
      window_ = null;
      epoch = at ?? null;
      if (payload) finish(payload, first);
      else train();
    },
    change,
    stop: () => ask({ do: "stop" }, () => {}),
    undo() { [past, future] = back(past, future); },
    redo() { [future, past] = back(future, past); },
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
  };
}

const said = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(1)} s`);
