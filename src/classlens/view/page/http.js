/** The live page in a browser's tab: its server is asked over HTTP. */

import { http } from "./ask.js";
import { live } from "./live.js";

/** @param {HTMLElement} root @param {{welcome: any, token: string}} given */
export function start(root, { welcome, token }) {
  return live(root, { welcome, ask: http(token) });
}
