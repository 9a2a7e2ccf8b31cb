/** Many seeds: how often the same network ends well, and how it ends otherwise. */

import { html } from "./marks.js";

const COUNT = 100;
const WORDS = ["good", "fair", "mixed", "too early", "poor split", "dead units", "diverged"];

/**
 * @param {{ask: (request: any, onEvent: (event: any) => void, signal: AbortSignal) => Promise<void>,
 *   open: (seed: number) => void, fail: (error: Error) => void}} acts
 */
export function seedsPanel({ ask, open, fail }) {
  let stop = null;
  let found = new Map();
  const bars = html("div", { class: "bars" });
  const said = html("p", { class: "quiet", "aria-live": "polite" }, "One seed may be lucky or not. Try many, and see how often the network ends well.");
  const button = html("button", { type: "button", onclick: () => (stop ? stop.abort() : run()) }, `Try ${COUNT} seeds`);
  const element = html("section", { class: "panel seeds" }, html("h2", {}, "Luck"), said, button, bars);
  let recipe = null;

  async function run() {
    stop = new AbortController();
    found = new Map();
    button.textContent = "Stop";
    let done = 0;
    try {
      await ask({ do: "seeds", recipe, count: COUNT }, (event) => {
        if (event.event !== "seed") return;
        done += 1;
        found.set(event.word, [...(found.get(event.word) ?? []), event]);
        if (done % 5 === 0 || done === COUNT) draw(done);
      }, stop.signal);
    } catch (error) {
      if (error.name !== "AbortError") fail(error);
    }
    draw(done);
    stop = null;
    button.textContent = `Try ${COUNT} seeds`;
  }

  function draw(done) {
    said.textContent = `Seeds 0 to ${Math.max(0, done - 1)}${done < COUNT && stop ? " so far" : ""}. Open a bar to see one of its networks; again for the next.`;
    const words = [...WORDS.filter((word) => found.has(word)), ...[...found.keys()].filter((word) => !WORDS.includes(word))];
    const most = Math.max(...[...found.values()].map((list) => list.length), 1);
    bars.replaceChildren(
      ...words.map((word) => {
        const list = found.get(word);
        let next = 0;
        const bar = html("span", { class: "bar" });
        bar.style.width = `${(100 * list.length) / most}%`;
        const label = `${word}: ${list.length} of ${done}`;
        return html("button", { type: "button", class: "row", "data-word": word, onclick: () => { open(list[next % list.length].seed); next += 1; } }, html("span", { class: "name" }, label), bar);
      }),
    );
  }

  return {
    element,
    /** Another recipe: what was found is of the one before. @param {any} given */
    set(given) {
      const same = JSON.stringify({ ...given, settings: { ...given.settings, seed: 0 } });
      if (same === element.dataset.recipe) return;
      element.dataset.recipe = same;
      stop?.abort();
      recipe = given;
      found = new Map();
      bars.replaceChildren();
    },
  };
}
