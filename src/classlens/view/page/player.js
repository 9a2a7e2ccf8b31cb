/** The epochs: play, pause, step, scrub, rewind. */

import { html } from "./marks.js";

// Timers come a little late: this makes 30 frames a second and more.
const FRAME = 28;

/** @param {(index: number, playing: boolean) => void} onChange */
export function player(onChange) {
  let epochs = [0];
  let last = 0;
  let index = 0;
  let timer = 0;
  const slider = html("input", {
    type: "range", min: 0, max: 0, value: 0, "aria-label": "epoch",
    oninput: () => { stop(); go(Number(slider.value), false); },
  });
  const label = html("output", { class: "epoch", title: "in an epoch every training example is used once" });
  const button = html("button", { type: "button", class: "play", onclick: () => (timer ? pause() : play()) });
  const step = (by, name, sign) =>
    html("button", { type: "button", "aria-label": name, title: name, onclick: () => { stop(); go(index + by, false); } }, sign);
  const element = html(
    "div",
    { class: "player", role: "group", "aria-label": "training" },
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
    // A long training is played in about ten seconds.
    const stride = Math.max(1, Math.round(last / 300));
    const tick = () => {
      const started = performance.now();
      if (index >= last) {
        pause();
        return;
      }
      go(index + stride, true);
      timer = setTimeout(tick, Math.max(0, FRAME - (performance.now() - started)));
    };
    timer = setTimeout(tick, 0);
    button.textContent = "Pause";
  }
  return {
    element,
    /** Whether the epoch that the page opened with is shown, and nothing plays. */
    atEnd: (shown) => !timer && epochs[index] === shown,
    /** Other epochs. @param {number[]} given */
    set(given) {
      stop();
      epochs = given;
      last = epochs.length - 1;
      slider.max = String(last);
      element.hidden = last === 0;
    },
    /** Show the epoch nearest to this one. @param {number} epoch */
    seek(epoch) {
      stop();
      go(epochs.reduce((best, each, i) => (Math.abs(each - epoch) < Math.abs(epochs[best] - epoch) ? i : best), 0), false);
    },
    stop,
  };
}
