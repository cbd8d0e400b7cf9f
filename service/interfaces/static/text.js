// Markdown-lite (code spans, fences, line ends) -> elements, for answers and cards.

import { copy, h, icon } from "/static/dom.js";
import { words } from "/static/words.js";

const FENCE = /^```[ \t]*([\w+.#-]*)[^\n`]*\n([\s\S]*?)\n?^```[ \t]*$/gm;
const SPAN = /(?<!`)(`+)(?!`)([\s\S]+?)(?<!`)\1(?!`)/g;

/** The elements of a text; `gap` makes the elements of what `{{...}}` marks in a cloze. */
export function lite(text, gap) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(FENCE)) {
    parts.push(...inline(text.slice(at, match.index).replace(/\n$/, ""), gap), codeBlock(match[2], match[1]));
    at = match.index + match[0].length;
  }
  return [...parts, ...inline(text.slice(at).replace(/^\n/, ""), gap)];
}

function inline(text, gap) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(SPAN)) {
    parts.push(...plain(text.slice(at, match.index), gap), h("code", {}, ...plain(unpad(match[2]), gap)));
    at = match.index + match[0].length;
  }
  return [...parts, ...plain(text.slice(at), gap)];
}

const unpad = (code) => (/^ .*\S.* $/s.test(code) ? code.slice(1, -1) : code);

function plain(text, gap) {
  const pieces = gap ? text.split(/(\{\{c\d+::[\s\S]*?\}\})/) : [text];
  return pieces.filter(Boolean).flatMap((piece) => {
    const hidden = gap && /^\{\{c\d+::([\s\S]*?)(?:::([\s\S]*))?\}\}$/.exec(piece);
    if (hidden) return [gap(hidden[1], hidden[2])];
    return piece.split("\n").flatMap((line, number) => (number ? [h("br"), line] : [line])).filter((part) => part !== "");
  });
}

/** A block of code with a button that copies it; it can be scrolled with the keyboard. */
export function codeBlock(code, language) {
  return h("div", { class: "code" },
    h("pre", { tabindex: 0, role: "region", "aria-label": language ? `${words.code} ${language}` : words.code }, h("code", {}, code)),
    h("button", { type: "button", class: "copy", "aria-label": words.copyCode, title: words.copyCode, onclick: () => copy(code.replace(/\n$/, ""), words.copied) }, icon("copy")));
}
