/** The live page in a notebook's cell: its kernel is asked by messages. */

import { live } from "./live.js";
import { followHost } from "./theme.js";

/** @param {{model: any, el: HTMLElement}} given as anywidget gives them */
export function render({ model, el }) {
  const open = new Map();
  const receive = ({ id, event, end }) => {
    const request = open.get(id);
    if (!request) return;
    if (end) request.done();
    else request.onEvent(event);
  };
  model.on("msg:custom", receive);
  const ask = (request, onEvent, signal) =>
    new Promise((resolve, reject) => {
      const id = crypto.randomUUID();
      const done = () => {
        open.delete(id);
        resolve();
      };
      open.set(id, { onEvent, done });
      signal?.addEventListener("abort", () => {
        if (!open.delete(id)) return;
        model.send({ id, gone: true });
        reject(new DOMException("given up", "AbortError"));
      });
      model.send({ id, request });
    });
  const root = document.createElement("div");
  root.className = "classlens cell";
  root.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes keys for its own
  el.append(root);
  const letGo = followHost(root);
  const page = live(root, { welcome: model.get("welcome"), ask, remember: false });
  return () => {
    model.off("msg:custom", receive);
    letGo();
    page.destroy();
  };
}
