/** A line that says something until it is closed. */

import { html } from "./marks.js";

/** @param {"alert"|"status"} role whether it interrupts who has the page read out */
export function notice(role) {
  const words = html("span");
  const close = html("button", { type: "button", class: "small", "aria-label": "close this message", onclick: () => say("") }, "×");
  const element = html("p", { class: "message", role, hidden: true }, words, " ", close);

  /** @param {string} text nothing closes it */
  function say(text) {
    words.textContent = text;
    element.hidden = !text;
  }
  return { element, say };
}
