// A note as the server rendered and cleaned it, with what the page adds: copying, links, highlighted lines.

import { copy, h, icon } from "/static/dom.js";
import { get } from "/static/http.js";
import { codeBlock } from "/static/text.js";
import { words } from "/static/words.js";

// The one place where a string becomes HTML: only what /read/{id} and the preview give, which is clean.
const policy = window.trustedTypes?.createPolicy("note", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

export const fetchNote = (id) => get(`/read/${encodeURIComponent(id)}`);

/** The note as an element; `prefix` keeps its ids apart, `about` makes what stands after a section's heading. */
export function noteElement(note, { prefix = "", about } = {}) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(note.html);
  const body = h("div", { class: "note" }, template.content);
  for (const pre of body.querySelectorAll("pre")) dressCode(pre);
  for (const box of body.querySelectorAll("[data-scroll]")) {
    for (const [name, value] of Object.entries({ tabindex: 0, role: "region", "aria-label": words.table })) box.setAttribute(name, value);
  }
  for (const link of body.querySelectorAll("a[href]")) dressLink(link);
  for (const section of note.sections) {
    const heading = section.id && body.querySelector(`#${CSS.escape(section.id)}`);
    if (heading) dressHeading(heading, section, note, about);
  }
  for (const each of body.querySelectorAll("[id]")) each.id = prefix + each.id;
  return body;
}

function dressCode(pre) {
  const block = codeBlock(pre.textContent, pre.dataset.language);
  block.dataset.lines = pre.dataset.lines;
  pre.replaceWith(block);
}

function dressLink(link) {
  if (link.getAttribute("href").startsWith("#")) return;
  link.target = "_blank";
  link.append(h("span", { class: "hidden-text" }, ` (${words.external})`));
}

function dressHeading(heading, section, note, about) {
  const title = heading.textContent;
  const address = `${location.origin}/#/read/${encodeURIComponent(note.id)}?at=${encodeURIComponent(section.id)}`;
  const row = h("div", { class: "heading" });
  heading.replaceWith(row);
  row.append(heading);
  if (!about) return;
  row.append(
    h("button", { type: "button", class: "round faint", "aria-label": words.headingLink(title), title: words.headingLink(title), onclick: () => copy(address, words.linkCopied) }, icon("link")),
    about(section, title));
}

/** Highlight the lines and bring them into view. */
export function showLines(body, [first, last]) {
  const spans = [...body.querySelectorAll("[data-lines]")].map((element) => [element, ...element.dataset.lines.split("-").map(Number)]);
  let chosen = spans.filter(([, from, to]) => from >= first && to <= last);
  if (!chosen.length) {
    const around = spans.filter(([, from, to]) => from <= last && to >= first);
    const smallest = Math.min(...around.map(([, from, to]) => to - from));
    chosen = around.filter(([, from, to]) => to - from === smallest).slice(-1);
  }
  const elements = chosen.map(([element]) => element);
  const outermost = elements.filter((element) => !elements.some((other) => other !== element && other.contains(element)));
  for (const element of outermost) element.classList.add("cited");
  outermost[0]?.scrollIntoView({ block: "center" });
  return outermost[0];
}
