/** Light or dark, as the notebook around a widget is. */

const DARK = /^vscode-(dark|high-contrast)$/;
const LIGHT = /^vscode-(light|high-contrast-light)$/;

/**
 * What the host says of itself; where it says nothing the system's choice is the page's.
 * @param {HTMLElement} body
 * @returns {"light"|"dark"|null}
 */
export function hostTheme(body) {
  const { jpThemeLight, vscodeThemeKind } = body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false" ? "dark" : "light"; // JupyterLab, and what nbconvert writes
  const words = vscodeThemeKind ? [vscodeThemeKind] : [...body.classList];
  // Of a light one with high contrast VS Code's classes say both.
  if (words.some((word) => LIGHT.test(word))) return "light";
  if (words.some((word) => DARK.test(word))) return "dark";
  if (body.classList.contains("notebook_app") || body.querySelector("#notebook")) return "light"; // the classic notebook is never dark
  return null;
}

/**
 * Give an element the host's theme, and again whenever that changes.
 * @param {HTMLElement} element
 * @returns {() => void} lets go
 */
export function followHost(element, body = document.body) {
  const follow = () => {
    const theme = hostTheme(body);
    if (theme) element.dataset.theme = theme;
    else delete element.dataset.theme;
  };
  const observer = new MutationObserver(follow);
  observer.observe(body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind"] });
  follow();
  return () => observer.disconnect();
}
