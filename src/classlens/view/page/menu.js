/** A sheet that a button opens; Escape and a click elsewhere close it. */

import { html } from "./marks.js";

/**
 * @param {string} name
 * @param {string} kind a word for its class
 * @param {...Node} children
 */
export function menu(name, kind, ...children) {
  const element = html("details", { class: `menu ${kind}` }, html("summary", {}, name), html("div", { class: "sheet" }, ...children));
  const outside = (event) => {
    if (!element.contains(event.target)) element.open = false;
  };
  element.addEventListener("toggle", () => {
    if (element.open) document.addEventListener("pointerdown", outside);
    else document.removeEventListener("pointerdown", outside);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    element.open = false;
    element.querySelector("summary").focus();
  });
  return element;
}
