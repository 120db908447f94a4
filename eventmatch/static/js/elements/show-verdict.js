// Puts the door's answer into its frame, from the templates that the page brings along
// (`verdict_templates()`), so that words and symbols are written down once.

// The same steps as in templates/components/verdict.html.
const sizeOf = (name) => {
  const longestWord = Math.max(0, ...name.split(/\s+/u).map((word) => [...word].length));
  const length = [...name].length;
  if (longestWord > 16 || length > 36) return "scan__name--longest";
  return longestWord > 9 || length > 20 ? "scan__name--long" : "";
};

/**
 * @param {HTMLElement} frame the live region that holds the answer
 * @param {string} kind a verdict, or "unsure"
 * @param {{name?: string, detail?: string, offline?: boolean}} said
 */
export const showVerdict = (frame, kind, { name = "", detail = "", offline = false } = {}) => {
  const find = (key) => document.querySelector(`template[data-verdict="${key}"]`);
  const answer = (find(kind) ?? find("unsure")).content.firstElementChild.cloneNode(true);
  const shownName = answer.querySelector(".scan__name");
  const size = sizeOf(name);
  shownName.textContent = name;
  if (size) shownName.classList.add(size);
  answer.querySelector(".scan__detail").textContent = detail;
  answer.querySelector(".scan__offline").hidden = !offline;
  frame.replaceChildren(answer);
};
