/** The epochs: play, pause, step, scrub, rewind. */

import { html } from "./marks.js";

const FRAME = 1000 / 30;

/**
 * @param {number[]} epochs
 * @param {(index: number, playing: boolean) => void} onChange
 */
export function player(epochs, onChange) {
  const last = epochs.length - 1;
  let index = last;
  let timer = 0;
  const slider = html("input", {
    type: "range", min: 0, max: last, value: last, "aria-label": "epoch",
    oninput: () => { stop(); go(Number(slider.value), false); },
  });
  const label = html("output", { class: "epoch" });
  const button = html("button", { type: "button", class: "play", onclick: () => (timer ? pause() : play()) });
  const step = (by, name, sign) =>
    html("button", { type: "button", "aria-label": name, title: name, onclick: () => { stop(); go(index + by, false); } }, sign);
  const element = html(
    "div",
    { class: "player", hidden: last === 0, role: "group", "aria-label": "training" },
    html("button", { type: "button", "aria-label": "rewind to the start", title: "rewind to the start", onclick: () => { stop(); go(0, false); } }, "Start"),
    step(-1, "one step back", "−"),
    button,
    step(1, "one step on", "+"),
    slider,
    label,
  );

  function go(to, playing) {
    index = Math.min(Math.max(to, 0), last);
    slider.value = String(index);
    label.textContent = `epoch ${epochs[index]}`;
    slider.setAttribute("aria-valuetext", label.textContent);
    button.textContent = timer ? "Pause" : "Play";
    onChange(index, playing);
  }
  function stop() {
    clearTimeout(timer);
    timer = 0;
  }
  function pause() {
    stop();
    go(index, false);
  }
  function play() {
    if (index === last) index = 0;
    const tick = () => {
      const started = performance.now();
      if (index >= last) {
        pause();
        return;
      }
      go(index + 1, true);
      timer = setTimeout(tick, Math.max(0, FRAME - (performance.now() - started)));
    };
    timer = setTimeout(tick, 0);
    button.textContent = "Pause";
  }
  return {
    element,
    /** Show the epoch nearest to this one. @param {number} epoch */
    seek(epoch) {
      stop();
      go(epochs.reduce((best, each, i) => (Math.abs(each - epoch) < Math.abs(epochs[best] - epoch) ? i : best), 0), false);
    },
    stop,
  };
}
