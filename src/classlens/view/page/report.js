/** The report: the panels of a model, from a payload alone. */

import { html } from "./marks.js";
import { savingMenu } from "./saving.js";
import { stage } from "./stage.js";
import { readView, writeView } from "./state.js";

/**
 * Show a payload.
 * @param {HTMLElement} root
 * @param {{payload: any, facts?: [string, string][], title?: string, remember?: boolean}} given
 */
export function mount(root, { payload, facts = [], title = "Classlens", remember = true }) {
  const views = stage({ live: false, changed: remember ? keep : undefined });
  const { slots, play } = views;
  root.replaceChildren(
    html("header", {}, html("h1", {}, title), play.element, savingMenu(views, null)),
    html("ul", { class: "keys facts", style: "padding: 8px 16px 0" }, ...facts.map(([name, text]) => html("li", {}, html("strong", {}, `${name}: `), text))),
    html(
      "main",
      {},
      html("div", { class: "column" }, slots.picture, slots.probe, slots.slice, slots.hidden, slots.confusion),
      html("div", { class: "column" }, views.network, slots.unit, slots.words),
    ),
    html("p", { class: "quiet limits" }, "A report shows a network that is trained. To train another one, to change the data, or to ask for exact lines and words of every epoch, run: classlens play"),
  );
  const kept = remember ? readView(new URLSearchParams(location.hash.slice(1))) : {};
  views.restore(kept);
  views.show(payload);
  if (kept.epoch !== undefined) play.seek(kept.epoch);

  function keep() {
    const words = new URLSearchParams();
    writeView(views.kept(), words);
    const text = words.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  return { destroy: () => { play.stop(); root.replaceChildren(); } };
}
