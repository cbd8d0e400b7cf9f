// One question with its answer, and what can be done with it.

import { button, copy, dialog, h, toast } from "/static/dom.js";
import { call } from "/static/http.js";
import { openSide } from "/static/side.js";
import { lite } from "/static/text.js";
import { words } from "/static/words.js";

/** The element of a turn. `turn` is {question, answer, helpful, saved}; `changed` is told when it changes. */
export function turnElement(turn, { changed, suggest, own = true }) {
  return h("article", { class: `turn ${turn.answer.status}` },
    asked(turn.question),
    h("div", { class: "answer" }, said(turn.answer), sources(turn.answer), next(turn.answer, suggest), own && actions(turn, changed)));
}

/** What was asked, as it was written. */
export function asked(question) {
  return h("p", { class: "asked" }, h("span", { class: "hidden-text" }, `${words.you}: `), question);
}

// Sentences of one source make a paragraph, which ends with the chip of that source.
function said(answer) {
  const paragraphs = [];
  for (const sentence of answer.sentences) {
    const last = paragraphs.at(-1);
    const same = last && !sentence.item && last.cited.join() === sentence.citations.join();
    if (same) last.texts.push(sentence.text);
    else paragraphs.push({ texts: [sentence.item + sentence.text], cited: sentence.citations });
  }
  return paragraphs.map(({ texts, cited }) => {
    const parts = texts.flatMap((text, number) => (number ? [" ", ...lite(text)] : lite(text)));
    const code = parts.findLastIndex((part) => !isCode(part)) + 1; // the chip stands before a block of code at the end
    parts.splice(code, 0, ...cited.flatMap((number) => ["\u00a0", chip(answer.citations[number], number)]));
    return h("div", { class: "said" }, parts);
  });
}

const isCode = (part) => part instanceof Element && part.classList.contains("code");

const placeOf = (citation) => [...new Set([citation.title, ...citation.heading_path])].join(" › ");

function chip(citation, number) {
  return h("button", {
    type: "button", class: "chip", "aria-label": words.source(number + 1, placeOf(citation)), title: placeOf(citation),
    onclick: (event) => openSide(citation, event.currentTarget),
  }, String(number + 1));
}

function sources(answer) {
  if (!answer.citations.length) return null;
  return h("ol", { class: "sources", "aria-label": words.sources }, answer.citations.map((citation, number) => h("li", {},
    h("button", { type: "button", class: "source", onclick: (event) => openSide(citation, event.currentTarget) },
      h("span", { class: "number", "aria-hidden": "true" }, String(number + 1)),
      h("span", {}, placeOf(citation)),
      h("span", { class: "muted" }, words.lines(citation.lines))))));
}

function next(answer, suggest) {
  if (!answer.suggestions.length) return null;
  return h("div", { class: "next" }, h("p", { class: "muted" }, words.tryThese),
    h("ul", { class: "suggestions" }, answer.suggestions.map((text) => h("li", {}, h("button", { type: "button", onclick: () => suggest(text) }, text)))));
}

function actions(turn, changed) {
  const { answer } = turn;
  const place = h("div", { class: "actions" });
  const act = (work) => async (event) => {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    try {
      await work();
      changed();
      place.replaceChildren(...buttons());
    } catch (error) {
      toast(error.message, true);
    }
    pressed.disabled = false;
  };
  const buttons = () => [
    button(words.copy, { symbol: "copy", onclick: () => copy(asText(answer), words.copied) }),
    answer.status !== "chat" && button(words.helpful, { symbol: "up", "aria-pressed": String(turn.helpful === true), onclick: act(() => rate(turn, true)) }),
    answer.status !== "chat" && button(words.unhelpful, { symbol: "down", "aria-pressed": String(turn.helpful === false), onclick: act(() => rate(turn, false)) }),
    answer.status === "answered" && button(turn.saved ? words.saved : words.saveCard, { symbol: "card", disabled: Boolean(turn.saved), onclick: act(() => save(turn)) }),
    answer.status !== "chat" && button(words.share, { symbol: "share", onclick: act(() => share(answer)) }),
  ].filter(Boolean);
  place.append(...buttons());
  return place;
}

function asText(answer) {
  const cited = answer.citations.map((citation, number) => `[${number + 1}] ${placeOf(citation)}, ${words.lines(citation.lines)}`);
  return [answer.answer, ...(cited.length ? ["", `${words.sources}:`, ...cited] : [])].join("\n");
}

async function rate(turn, helpful) {
  const body = { question_id: turn.answer.question_id, helpful };
  await call("/feedback", { method: "POST", json: body });
  turn.helpful = helpful;
  if (!helpful) {
    const comment = h("textarea", { rows: 3, maxlength: 1000, "aria-label": words.whatWrong });
    const chosen = await dialog(words.whatWrong, [comment], [["", words.cancel], ["leave", words.leave, "primary"]]);
    if (chosen && comment.value.trim()) await call("/feedback", { method: "POST", json: { ...body, comment: comment.value.trim() } });
  }
  toast(words.thanks);
}

async function save(turn) {
  await call("/cards", { method: "POST", json: { question_id: turn.answer.question_id } });
  turn.saved = true;
  toast(words.cardSaved);
}

async function share(answer) {
  const chosen = await dialog(words.shareTitle, [h("p", {}, words.shareWarning)], [["", words.cancel], ["share", words.shareYes, "primary"]]);
  if (!chosen) return;
  await call(`/answers/${answer.question_id}/share`, { method: "POST" });
  await copy(`${location.origin}/#/answer/${answer.question_id}`, words.shared);
}
