/** Sharing: a link that holds all that is shown. */

import { html } from "./marks.js";
import { menu } from "./menu.js";

const HOW = "The part after # says all that is shown: data, network, training, seed. On any machine: classlens play --link 'the link'.";
const NOT_WHOLE = "The data is not in the link: it was given to this page, or is too much for one. Where the same data is opened, --link 'the link' shows the rest of it; a saved report has everything.";

/** @param {{link: () => {text: string, whole: boolean}}} acts */
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
  const how = html("p", { class: "quiet" });
  const sheet = menu(
    "Share",
    "share",
    address,
    copy,
    said,
    how,
  );
  sheet.addEventListener("toggle", () => {
    if (!sheet.open) return;
    const { text, whole } = link();
    // The token in this page's own address is for this machine alone.
    address.value = `${location.origin}/#${text}`;
    said.textContent = "";
    how.textContent = whole ? HOW : NOT_WHOLE;
  });
  return sheet;
}
