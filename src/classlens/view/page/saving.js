/** Saving: pictures and the history by the page itself, the rest by its server. */

import { html, marker, svg } from "./marks.js";
import { menu } from "./menu.js";

const SIZE = 560;
const EDGE = 60;

/**
 * @param {ReturnType<import("./stage.js").stage>} views
 * @param {((what: string) => Promise<{name: string, content: string}>)|null} ask what a server can make
 */
export function savingMenu(views, ask) {
  const said = html("p", { class: "quiet", "aria-live": "polite" });
  const act = (name, work) =>
    html("button", {
      type: "button",
      onclick: async () => {
        said.textContent = "";
        try {
          await work();
        } catch (error) {
          said.textContent = error.message;
        }
      },
    }, name);
  const fromServer = (what) => async () => {
    const { name, content } = await ask(what);
    offer(name, Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0)), "application/octet-stream");
  };
  const code = html("textarea", { readonly: true, rows: 12, "aria-label": "Python code", hidden: true });
  const showCode = async () => {
    const { content } = await ask("code");
    code.value = new TextDecoder().decode(Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0)));
    code.hidden = false;
    code.select();
  };
  const buttons = [
    act("Picture (PNG)", async () => offer("classlens.png", await png(views), "image/png")),
    act("Picture (SVG)", () => offer("classlens.svg", drawing(views), "image/svg+xml")),
    act("History (CSV)", () => offer("history.csv", csv(views.scene().payload.history), "text/csv")),
    ...(ask ? [act("Model file", fromServer("model")), act("Report", fromServer("report")), act("Python code", showCode)] : []),
  ];
  return menu("Save", "save", ...buttons, code, said);
}

/** Hand a file to the browser. */
function offer(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = html("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The history as a table, a line for each epoch. */
function csv(history) {
  if (!history) throw new Error("There is no history: the model came without its training.");
  const names = Object.keys(history);
  const lines = history.epoch.map((_, i) => names.map((name) => history[name][i]).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

/** The large picture as one SVG file: regions as a picture in it, lines and examples as shapes. */
export function drawing(views) {
  const scene = views.scene();
  const { payload } = scene;
  const shown = views.shown();
  const [[left, right], [bottom, top]] = payload.window;
  const x = (s) => EDGE + (SIZE * (s - left)) / (right - left);
  const y = (t) => 20 + (SIZE * (top - t)) / (top - bottom);
  const ground = views.slots.picture.querySelector(".ground").toDataURL("image/png");
  const lines = views.slots.picture.querySelector(".lines").cloneNode(true);
  const scale = SIZE / 400;
  lines.setAttribute("transform", `translate(${EDGE} 20) scale(${scale})`);
  for (const line of lines.children) {
    const crease = line.classList.contains("crease");
    const style = { fill: "none", stroke: "#1f2a35", "stroke-width": crease ? 0.8 : 1.2, "stroke-dasharray": crease ? "4 3" : "none" };
    for (const [name, value] of Object.entries(style)) line.setAttribute(name, String(value));
  }
  const points = views.places().flatMap(([s, t], n) => {
    const wrong = shown.predicted[n] !== scene.y[n];
    const ring = wrong ? [svg("circle", { cx: x(s), cy: y(t), r: 9, fill: "none", stroke: "#1f2a35", "stroke-width": 1.6 })] : [];
    return [...ring, marker(payload.looks[scene.y[n]], x(s), y(t), 6, { stroke: "#fff", "stroke-width": 0.8 })];
  });
  const text = (words, at, more = {}) => svg("text", { x: at[0], y: at[1], "font-family": "sans-serif", "font-size": 14, fill: "#1f2a35", ...more }, words);
  const number = (value) => Number(value.toPrecision(3)).toString();
  const [across, up] = payload.plane.names;
  const floor = SIZE + 40;
  const axes = [
    text(number(left), [EDGE, floor]),
    text(across, [EDGE + SIZE / 2, floor], { "text-anchor": "middle" }),
    text(number(right), [EDGE + SIZE, floor], { "text-anchor": "end" }),
    text(number(top), [EDGE - 6, 32], { "text-anchor": "end" }),
    text(up, [EDGE - 24, 20 + SIZE / 2], { "text-anchor": "middle", transform: `rotate(-90 ${EDGE - 24} ${20 + SIZE / 2})` }),
    text(number(bottom), [EDGE - 6, 20 + SIZE], { "text-anchor": "end" }),
  ];
  const legend = payload.classes.flatMap((name, k) => [
    marker(payload.looks[k], EDGE + SIZE + 24, 36 + 24 * k, 7),
    text(name, [EDGE + SIZE + 40, 41 + 24 * k]),
  ]);
  const longest = Math.max(...payload.classes.map((name) => name.length));
  const [width, height] = [EDGE + SIZE + 60 + 8 * Math.min(longest, 40), Math.max(SIZE + 60, 60 + 24 * payload.classes.length)];
  const whole = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("rect", { width, height, fill: "#fff" }),
    svg("image", { href: ground, x: EDGE, y: 20, width: SIZE, height: SIZE, preserveAspectRatio: "none" }),
    lines,
    svg("rect", { x: EDGE, y: 20, width: SIZE, height: SIZE, fill: "none", stroke: "#5b6670" }),
    ...points,
    ...axes,
    ...legend,
  );
  return new XMLSerializer().serializeToString(whole);
}

/** The same picture in pixels, twice as fine. */
async function png(views) {
  const text = drawing(views);
  const picture = new Image();
  await new Promise((done, failed) => {
    picture.onload = done;
    picture.onerror = () => failed(new Error("The picture could not be drawn."));
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
  const canvas = html("canvas", { width: 2 * picture.width, height: 2 * picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
