/** Pointing at the large picture: to look at an example, or to draw, move and erase points. */

import { svg } from "./marks.js";

const NEAR = 12;

/**
 * @typedef {object} Tools for drawing points
 * @property {HTMLElement} element to be placed above the picture
 * @property {() => "look"|"add"|"move"|"erase"} mode
 * @property {(place: number[]) => void} add
 * @property {(example: number, place: number[], done: boolean) => void} move
 * @property {(example: number) => void} erase
 */

/**
 * @param {HTMLElement} plane
 * @param {SVGElement} overlay
 * @param {{size: number, back: (px: number, py: number) => number[], to: (place: number[]) => number[],
 *   places: () => number[][], onPick: (pick: any, pinned?: boolean) => void, tools: Tools|null}} given
 */
export function pointing(plane, overlay, { size, back, to, places, onPick, tools }) {
  let dragged = null;
  const cursor = svg("path", { class: "crosshair", d: "M-8 0H8M0 -8V8" });
  const mode = () => tools?.mode() ?? "look";
  overlay.append(cursor);

  const spot = (event) => {
    const box = plane.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  const inside = (px) => Math.min(Math.max(px, 0), size);

  function found(px, py) {
    let example = null;
    let nearest = NEAR ** 2;
    places().forEach((place, n) => {
      const [x, y] = to(place);
      const away = (x - px) ** 2 + (y - py) ** 2;
      if (away < nearest) [nearest, example] = [away, n];
    });
    return { example, place: back(px, py) };
  }

  plane.addEventListener("pointermove", (event) => {
    const [px, py] = spot(event);
    if (dragged !== null) tools.move(dragged, back(inside(px), inside(py)), false);
    else onPick(found(px, py));
  });
  plane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    cursor.style.display = "none";
    const at = found(...spot(event));
    const act = mode();
    if (act === "add") tools.add(at.place);
    else if (act === "erase" && at.example !== null) tools.erase(at.example);
    else if (act === "move" && at.example !== null) {
      dragged = at.example;
      plane.setPointerCapture(event.pointerId);
    }
    if (act === "look" || act === "move") onPick(at, act === "look");
  });
  const release = (event) => {
    if (dragged === null) return;
    const example = dragged;
    dragged = null;
    const [px, py] = spot(event).map(inside);
    tools.move(example, back(px, py), true);
  };
  plane.addEventListener("pointerup", release);
  plane.addEventListener("pointercancel", release);
  // A finger that is lifted leaves too, and what it has tapped is still to be read.
  plane.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && dragged === null && onPick(null));

  const KEYS = { ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowUp: [0, -1] };
  let chosen = null;
  let at = [size / 2, size / 2];

  /** Keys do what the pointer does: go from example to example, or move a cross in the picture. */
  plane.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    const act = mode();
    if (event.key === "Escape") {
      chosen = null;
      onPick(null, true);
    } else if (act === "add" && (way || event.key === "Enter" || event.key === " ")) {
      if (way) at = at.map((each, axis) => inside(each + (way[axis] * size) / 40));
      else tools.add(back(...at));
      cursor.style.display = "";
      cursor.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
    } else if (chosen !== null && act === "erase" && ["Delete", "Backspace", "Enter"].includes(event.key)) {
      tools.erase(chosen);
      chosen = null;
    } else if (chosen !== null && act === "move" && way && event.shiftKey && places()[chosen]) {
      const [x, y] = to(places()[chosen]);
      tools.move(chosen, back(inside(x + (way[0] * size) / 40), inside(y + (way[1] * size) / 40)), true);
    } else if (way && places().length) {
      const count = places().length;
      chosen = chosen === null ? (way[0] + way[1] > 0 ? 0 : count - 1) : (chosen + way[0] + way[1] + count) % count;
      onPick({ example: chosen, place: places()[chosen] }, true);
    } else return;
    event.preventDefault();
  });
  cursor.style.display = "none";
}
