// The notes: a tree with search, and one note to read.

import { dialog, find, h, icon } from "/static/dom.js";
import { get } from "/static/http.js";
import { fetchNote, noteElement, showLines } from "/static/note.js";
import { lite } from "/static/text.js";
import { words } from "/static/words.js";

const PAUSE = 180;
let notes = null;
let asking = null;
let shown = null;

/** Show the tree, and the note of `place` if it names one. */
export async function showRead(place, chat) {
  asking = chat;
  const section = find("read");
  if (!section.childElementCount) section.append(tree(), h("article", { id: "reading", class: "reading", tabindex: -1 }));
  section.classList.toggle("one", Boolean(place.id));
  const loaded = notes ? null : load();
  if (place.id) await open(place);
  else {
    shown = null;
    find("reading").replaceChildren(h("p", { class: "muted empty" }, words.noNote));
    document.title = `${words.views.read} · ${words.title}`;
  }
  await loaded;
  mark(place.id);
}

function tree() {
  const field = h("input", { id: "find", type: "search", autocomplete: "off", placeholder: words.search, oninput: () => search(field.value) });
  return h("nav", { class: "tree", "aria-label": words.notes },
    h("div", { role: "search" }, h("label", { class: "hidden-text", for: "find" }, words.search), field),
    h("p", { id: "found", class: "hidden-text", role: "status" }),
    h("div", { id: "tree" }));
}

async function load() {
  try {
    notes = (await get("/read")).notes;
    drawTree();
  } catch (error) {
    find("tree").replaceChildren(h("p", { class: "notice" }, error.message));
  }
}

const hrefOf = (id, lines) => `#/read/${encodeURIComponent(id)}${lines ? `?lines=${lines}` : ""}`;

function drawTree() {
  const groups = Map.groupBy ? Map.groupBy(notes, topic) : grouped(notes);
  find("tree").replaceChildren(...[...groups].map(([name, listed]) => h("details", { open: true },
    h("summary", {}, h("span", {}, name), h("span", { class: "count" }, String(listed.length))),
    h("ul", {}, listed.map((note) => h("li", {}, h("a", { href: hrefOf(note.id), "data-note": note.id }, note.title)))))));
}

const topic = (note) => (note.path.includes("/") ? note.path.split("/").slice(0, -1).join(" › ") : note.tags[0] ?? words.otherTopic);

function grouped(listed) {
  const groups = new Map();
  for (const note of listed) groups.set(topic(note), [...(groups.get(topic(note)) ?? []), note]);
  return groups;
}

function mark(id) {
  for (const link of find("tree").querySelectorAll("[data-note]")) {
    if (link.dataset.note === id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

let pause;
let searched = 0;

function search(text) {
  const wanted = text.trim();
  clearTimeout(pause);
  const turn = ++searched;
  if (!wanted) {
    find("found").textContent = "";
    drawTree();
    mark(shown);
    return;
  }
  const titles = inHeadings(wanted.toLowerCase());
  drawFound(titles, null);
  pause = setTimeout(async () => {
    const { hits } = await get(`/search?top_k=12&q=${encodeURIComponent(wanted)}`).catch(() => ({ hits: [] }));
    if (turn === searched) drawFound(titles, hits);
  }, PAUSE);
}

function inHeadings(wanted) {
  const fits = (text) => text.toLowerCase().includes(wanted);
  return notes.flatMap((note) => [
    ...(fits(note.title) ? [{ id: note.id, text: note.title, under: topic(note) }] : []),
    ...note.sections.filter((section) => fits(section.heading)).map((section) => ({ id: note.id, text: section.heading, under: note.title, lines: `${section.line}-${section.line}` })),
  ]).slice(0, 12);
}

function drawFound(titles, hits) {
  const list = (name, items) => items.length > 0 && h("div", { class: "group" }, h("p", { class: "group-name" }, name), h("ul", {}, items));
  const parts = [
    list(words.inHeadings, titles.map((each) => h("li", {}, h("a", { href: hrefOf(each.id, each.lines) }, each.text, h("span", { class: "under-title" }, each.under))))),
    hits && list(words.inText, hits.map((hit) => h("li", {}, h("a", { href: hrefOf(hit.document, hit.lines.join("-")) }, h("span", { class: "hit" }, ...lite(hit.text)),
      h("span", { class: "under-title" }, [...new Set([hit.title, ...hit.heading_path])].join(" › ")))))),
  ].filter(Boolean);
  find("tree").replaceChildren(...(parts.length || !hits ? parts : [h("p", { class: "muted" }, words.nothing)]));
  if (hits) find("found").textContent = words.found(titles.length + hits.length);
}

async function open(place) {
  const reading = find("reading");
  try {
    if (shown !== place.id) {
      const note = await fetchNote(place.id);
      reading.replaceChildren(
        h("a", { class: "back", href: "#/read" }, icon("back"), words.backToNotes),
        h("ul", { class: "tags" }, note.tags.map((tag) => h("li", {}, tag))),
        noteElement(note, { about }));
      shown = place.id;
      document.title = `${note.title} · ${words.title}`;
      window.scrollTo(0, 0);
    }
    for (const old of reading.querySelectorAll(".cited")) old.classList.remove("cited");
    const lines = /^(\d+)-(\d+)$/.exec(place.lines ?? "");
    if (lines) showLines(reading, [Number(lines[1]), Number(lines[2])]);
    else if (place.at) document.getElementById(place.at)?.scrollIntoView({ block: "start" });
  } catch (error) {
    shown = null;
    reading.replaceChildren(h("a", { class: "back", href: "#/read" }, icon("back"), words.backToNotes), h("p", { class: "notice" }, error.message));
  }
}

// What a section can be asked: the bank's questions for it, or one's own.
function about(section, title) {
  return h("button", { type: "button", class: "quiet about", "aria-label": `${words.askAbout}: ${title}`, onclick: () => choose(section, title) }, icon("ask"), h("span", { class: "wide-only" }, words.askAbout));
}

async function choose(section, title) {
  const questions = section.questions.length ? section.questions : [words.aboutSection(section.heading_path.slice(-2).join("의 "))];
  let picked = "";
  const list = h("ul", { class: "suggestions" }, questions.map((text) => h("li", {}, h("button", { type: "button", onclick: () => { picked = text; find("dialog").close("send"); } }, text))));
  const chosen = await dialog(words.askAboutTitle, [h("p", { class: "muted" }, title), list], [["", words.cancel], ["own", words.askOwn]]);
  if (!chosen) return;
  location.hash = "#/ask";
  if (chosen === "send") asking.send(picked);
  else asking.draft(`${section.heading_path.at(-1)}: `);
}
