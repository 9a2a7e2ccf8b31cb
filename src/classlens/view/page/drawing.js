/** Drawing points: what a click on the picture does, and for which class. */

import { html, marker, svg } from "./marks.js";

const MODES = { look: "look", add: "add points", move: "move points", erase: "erase points" };

/**
 * @param {any} welcome
 * @param {{points: () => {place: number[], k: number}[], classes: () => number, name: (k: number) => string,
 *   change: (points: {place: number[], k: number}[], classes: number, done: boolean) => void}} acts
 */
export function drawing(welcome, { points, classes, name, change }) {
  let mode = "look";
  let k = 0;
  const modes = Object.entries(MODES).map(([name, text]) => {
    const radio = html("input", { type: "radio", name: "mode", value: name, checked: name === mode, onchange: () => { mode = name; show(); } });
    return html("label", {}, radio, ` ${text}`);
  });
  const kinds = html("div", { class: "kinds", role: "group", "aria-label": "class of new points" });
  const hint = html("p", { class: "quiet" });
  const none = html("button", { type: "button", class: "small", title: "take all points away, to draw your own", onclick: () => { begin(); change([], 2, true); } }, "Begin with none");
  const element = html("section", { class: "drawing", "aria-label": "your own points" }, html("fieldset", { class: "modes" }, html("legend", {}, "a click on the picture is to"), ...modes, none), kinds, hint);
  const HINTS = {
    look: "Point at examples to follow them.",
    add: "Click where a point is to be. With the keyboard: arrows move a cross, Enter adds.",
    move: "Drag a point. With the keyboard: arrows choose one, Shift and arrows move it.",
    erase: "Click a point. With the keyboard: arrows choose one, Delete erases it.",
  };

  /** An empty plane is there to be filled. */
  function begin() {
    mode = "add";
    k = 0;
    for (const label of modes) label.firstChild.checked = label.firstChild.value === mode;
    show();
  }

  /** The classes, and one more that there may be. */
  function show() {
    const count = Math.min(classes() + 1, welcome.limits.classes);
    k = Math.min(k, count - 1);
    kinds.hidden = mode !== "add";
    kinds.replaceChildren(
      ...Array.from({ length: count }, (_, index) =>
        html(
          "button",
          { type: "button", "aria-pressed": String(index === k), "aria-label": `class ${name(index)}${index >= classes() ? ", new" : ""}`, onclick: () => { k = index; show(); } },
          svg("svg", { viewBox: "-8 -8 16 16", class: "key", "aria-hidden": "true" }, marker(welcome.looks[index], 0, 0, 6)),
          index >= classes() ? `${name(index)} +` : name(index),
        ),
      ),
    );
    hint.textContent = HINTS[mode];
  }

  return {
    element,
    show,
    tools: {
      element,
      mode: () => (element.hidden ? "look" : mode),
      add(place) {
        if (points().length >= welcome.limits.points) return;
        change([...points(), { place, k }], Math.max(classes(), k + 1), true);
        show();
      },
      move(example, place, done) {
        change(points().map((point, n) => (n === example ? { ...point, place } : point)), classes(), done);
      },
      erase(example) {
        change(points().filter((_, n) => n !== example), classes(), true);
      },
    },
  };
}
