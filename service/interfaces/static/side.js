// The note beside the answer, open at the cited lines. On a phone it covers the page.

import { find, h, icon } from "/static/dom.js";
import { fetchNote, noteElement, showLines } from "/static/note.js";
import { words } from "/static/words.js";

const narrow = matchMedia("(max-width: 999px)");
let opener = null;

/** Open a citation; `from` gets the focus back. */
export async function openSide(citation, from) {
  const side = find("side");
  opener = from;
  const body = h("div", { class: "side-body" }, h("p", { class: "muted" }, words.thinking));
  const lines = citation.lines.join("-");
  side.replaceChildren(
    h("div", { class: "side-top" },
      h("p", { class: "side-title" }, citation.title),
      h("a", { class: "plain small", href: `#/read/${encodeURIComponent(citation.document)}?lines=${lines}`, onclick: () => closeSide(false) }, words.openWhole),
      h("button", { type: "button", class: "round", "aria-label": words.close, title: words.close, onclick: () => closeSide() }, icon("close"))),
    body);
  side.hidden = false;
  document.body.classList.add("side-open");
  cover();
  side.focus({ preventScroll: true });
  try {
    const note = await fetchNote(citation.document);
    body.replaceChildren(noteElement(note, { prefix: "side-" }));
    showLines(body, citation.lines);
  } catch (error) {
    body.replaceChildren(h("p", { class: "notice" }, error.message));
  }
}

/** Close it. */
export function closeSide(refocus = true) {
  const side = find("side");
  if (side.hidden) return;
  side.hidden = true;
  document.body.classList.remove("side-open");
  cover();
  if (refocus && opener?.isConnected) opener.focus();
  opener = null;
}

// What lies under the covering note can't be reached.
function cover() {
  const covered = narrow.matches && !find("side").hidden;
  find("main").inert = covered;
  document.querySelector(".top").inert = covered;
}

narrow.addEventListener("change", cover);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !find("dialog").open) closeSide();
});
