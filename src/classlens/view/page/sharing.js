/** Sharing: a link that holds all that is shown. */

import { html } from "./marks.js";
import { menu } from "./menu.js";

/** @param {{link: () => {address: string, text: string, whole: boolean}}} acts */
export function sharingMenu({ link }) {
  const address = html("input", { type: "text", readonly: true, "aria-label": "link" });
  const said = html("p", { class: "quiet", "aria-live": "polite" });
  const copy = html("button", {
    type: "button",
    onclick: async () => {
      address.select();
      try {
        await navigator.clipboard.writeText(address.value);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "Copy it from the field.";
      }
    },
  }, "Copy the link");
  const sheet = menu(
    "Share",
    "share",
    address,
    copy,
    said,
    html("p", { class: "quiet" }, "The part after # says all that is shown: data, network, training, seed. On another machine: classlens play --link 'the link'."),
  );
  sheet.addEventListener("toggle", () => {
    if (!sheet.open) return;
    const { text, whole } = link();
    // The token in this page's own address is for this machine alone.
    address.value = `${location.origin}/#${text}`;
    said.textContent = whole ? "" : "The data is not in the link: it was given to this page, or is too much for one.";
  });
  return sheet;
}
