// For who looks after the service: its state, gaps, questions and feedback, a new note with its preview.

import { button, find, h, toast } from "/static/dom.js";
import { call, get, key } from "/static/http.js";
import { noteElement } from "/static/note.js";
import { lite } from "/static/text.js";
import { words } from "/static/words.js";

/** Show the view: the key first. */
export async function showCare() {
  if (!key.get()) return drawDoor();
  try {
    await get("/admin/questions?limit=1", { owner: true });
    drawRooms();
  } catch (error) {
    if (error.status === 401 || error.status === 403) key.set("");
    drawDoor(error.message);
  }
}

function drawDoor(problem) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", required: true, "aria-describedby": "key-hint" });
  find("care").replaceChildren(
    h("h1", {}, words.careTitle), h("p", { class: "muted" }, words.careLead),
    problem && h("p", { class: "notice", role: "alert" }, problem),
    h("form", { class: "panel form", onsubmit: (event) => { event.preventDefault(); key.set(field.value.trim()); showCare(); } },
      h("label", { for: "key" }, words.keyLabel), field, h("p", { id: "key-hint", class: "muted small" }, words.keyHint),
      h("button", { type: "submit", class: "primary" }, words.enter)));
}

function drawRooms() {
  const room = (title, lead, ...content) => h("section", { class: "room" }, h("h2", {}, title), lead && h("p", { class: "muted" }, lead), ...content);
  const [state, gaps, questions] = [h("div"), h("div"), h("div", { id: "questions" })];
  const which = h("select", { id: "which", onchange: () => fill(questions, () => recent(which.value)) },
    [["", words.allQuestions], ["rated=true", words.onlyRated], ["status=not_found", words.onlyMissed]].map(([value, label]) => h("option", { value }, label)));
  find("care").replaceChildren(
    h("div", { class: "row between" }, h("h1", {}, words.careTitle), button(words.leaveKey, { class: "quiet", onclick: () => { key.set(""); drawDoor(); } })),
    room(words.state, "", state), room(words.gaps, words.gapsLead, gaps),
    room(words.recent, "", h("div", { class: "row" }, h("label", { for: "which" }, words.show), which), questions),
    room(words.upload, words.uploadLead, uploader()));
  fill(state, indexState);
  fill(gaps, listGaps);
  fill(questions, () => recent(""));
}

async function fill(place, make) {
  place.replaceChildren(h("p", { class: "muted" }, words.thinking));
  try {
    place.replaceChildren(await make());
  } catch (error) {
    const missing = error.status === 404 || error.status === 405;
    place.replaceChildren(h("p", { class: missing ? "muted" : "notice" }, missing ? words.notHere : error.message));
  }
}

async function indexState() {
  const state = await get("/readyz");
  const shown = { ...state, status: words.ready };
  return h("dl", { class: "facts" }, Object.entries(words.stateNames).filter(([name]) => name in shown).map(([name, label]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, typeof shown[name] === "number" ? shown[name].toLocaleString("ko") : shown[name]))));
}

async function listGaps() {
  const { gaps } = await get("/gaps?limit=100", { owner: true });
  if (!gaps.length) return h("p", { class: "muted" }, words.noGaps);
  const place = (near) => [...new Set([near.title, ...near.heading_path])].join(" › ");
  return h("ul", { class: "rows", id: "gaps" }, gaps.map((gap) => h("li", {},
    h("p", { class: "row between" }, h("span", {}, gap.question), h("span", { class: "count" }, words.times(gap.count))),
    gap.examples.length > 1 && h("details", {}, h("summary", { class: "muted small" }, words.askedToo), h("ul", {}, gap.examples.slice(1).map((text) => h("li", {}, text)))),
    h("p", { class: "muted small row" }, Object.entries(gap.statuses).map(([status, count]) => h("span", { class: `status ${status}` }, `${words.statuses[status]} ${count}`)), h("time", { datetime: gap.last_asked }, time(gap.last_asked))),
    gap.nearest.length > 0 && h("p", { class: "muted small" }, `${words.nearest}: ${gap.nearest.map(place).join(", ")}`))));
}

const time = (when) => new Date(when).toLocaleString("ko", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

async function recent(query) {
  const { questions } = await get(`/admin/questions?limit=100&${query}`, { owner: true });
  if (!questions.length) return h("p", { class: "muted" }, words.noQuestions);
  const opinion = (each) => each.helpful !== null && [h("span", { class: each.helpful ? "good" : "bad" }, each.helpful ? words.helpful : words.unhelpful), each.comment && h("span", {}, `“${each.comment}”`)];
  return h("div", { tabindex: 0, role: "region", "aria-label": words.recent }, h("ul", { class: "rows" }, questions.map((each) => h("li", {}, h("p", {}, each.question),
    h("p", { class: "muted small row" }, h("span", { class: `status ${each.status}` }, words.statuses[each.status] ?? each.status), h("time", { datetime: each.asked_at }, time(each.asked_at)), opinion(each))))));
}

function uploader() {
  const name = h("input", { id: "note-name", required: true, maxlength: 60, autocomplete: "off" });
  const text = h("textarea", { id: "note-text", rows: 10, required: true });
  const file = h("input", { id: "note-file", type: "file", accept: ".md,text/markdown", onchange: async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    text.value = await chosen.text();
    name.value = chosen.name.replace(/\.md$/i, "");
  } });
  const shown = h("div", { "aria-live": "polite" });
  const form = h("form", { class: "panel form", onsubmit: (event) => { event.preventDefault(); fill(shown, () => preview(name.value.trim(), text.value)); } },
    h("label", { for: "note-file" }, words.file), file,
    h("label", { for: "note-name" }, words.noteName), name,
    h("label", { for: "note-text" }, words.noteText), text,
    h("button", { type: "submit", class: "plain" }, words.preview));
  return h("div", {}, form, shown);
}

async function preview(name, text) {
  const made = await get("/admin/preview", { method: "POST", json: { name, text }, owner: true });
  const facts = made.document.sections.flatMap((section) => section.facts);
  const list = (title, items) => items?.length > 0 && h("details", { class: "panel" }, h("summary", {}, title), h("ul", {}, items));
  const put = button(words.put, { class: "primary", onclick: async () => {
    put.disabled = true;
    try {
      await call(`/documents/${encodeURIComponent(made.document.id)}`, { method: "PUT", text, owner: true });
      toast(words.putDone);
    } catch (error) {
      toast(error.status === 404 || error.status === 405 ? words.notHere : error.message, true);
    }
    put.disabled = false;
  } });
  return h("div", { class: "preview" },
    made.replaces && h("p", { class: "notice" }, words.replaces),
    list(words.factsMade(made.facts), facts.map((fact) => h("li", {}, ...lite(fact.text), h("span", { class: "muted small" }, ` ${words.lines(fact.lines)}`)))),
    list(words.cardsMade(made.cards?.length), made.cards?.map((card) => h("li", {}, ...lite(card.cloze || `${card.front} → ${card.back}`, card.cloze ? (told) => h("mark", {}, told) : undefined)))),
    list(words.questionsMade, made.questions.map((question) => h("li", {}, question))),
    h("details", { class: "panel", open: true }, h("summary", {}, words.looks), noteElement(made.page, { prefix: "preview-" })),
    put);
}
