// The chat: a question box, answers as they come, a conversation that survives a reload.

import { dialog, find, h, icon, toast } from "/static/dom.js";
import { ask, get } from "/static/http.js";
import { closeSide } from "/static/side.js";
import { lite } from "/static/text.js";
import { asked, turnElement } from "/static/turn.js";
import { words } from "/static/words.js";

const KEPT = "conversation";
const MOST_TURNS = 60;
const BEGIN = { id: null, turns: [] };

let conversation = remembered();
let running = null;

/** Set the view up. */
export function startAsk() {
  const box = find("question");
  find("send").append(icon("send"));
  find("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) running.abort();
    else send(box.value);
  });
  box.addEventListener("keydown", (event) => {
    // A Hangul syllable being composed also takes Enter: 229 is how browsers without isComposing say so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!running) send(box.value);
  });
  box.addEventListener("input", fit);
  find("new-conversation").addEventListener("click", begin);
  find("forget").addEventListener("click", forget);
  redraw();
}

/** Show the view; `answerId` shows an answer that somebody shared. */
export async function showAsk(answerId) {
  if (answerId) return showShared(answerId);
  if (find("log").dataset.shared) redraw();
  if (!conversation.turns.length) suggestions();
  else find("log").lastElementChild.scrollIntoView();
  if (matchMedia("(pointer: fine)").matches) find("question").focus({ preventScroll: true });
}

/** Put a question into the box, to be changed or sent. */
export function draft(text) {
  find("question").value = text;
  fit();
  find("question").focus();
}

/** Ask it. */
export async function send(text) {
  const question = text.trim();
  if (!question || running) return;
  if (find("log").dataset.shared) redraw();
  closeSide(false);
  const box = find("question");
  box.value = "";
  fit();
  running = new AbortController();
  waiting(true);
  find("welcome").hidden = true;
  const coming = h("div", { class: "said coming" }, h("span", { class: "dots" }, words.thinking));
  const turn = h("article", { class: "turn", "aria-busy": "true" }, asked(question), h("div", { class: "answer" }, coming));
  find("log").append(turn);
  turn.scrollIntoView();
  let shown;
  try {
    let sofar = "";
    const answer = await ask(question, conversation.id, running.signal, (piece) => {
      sofar += piece;
      coming.replaceChildren(...lite(sofar));
      turn.scrollIntoView();
    });
    conversation.id = answer.conversation_id;
    const kept = { question, answer };
    conversation.turns = [...conversation.turns, kept].slice(-MOST_TURNS);
    remember();
    shown = element(kept);
  } catch (error) {
    shown = failure(question, error.name === "AbortError" ? words.stopped : error.message);
  }
  turn.replaceWith(shown);
  running = null;
  waiting(false);
  shown.scrollIntoView(); // the question stays in view, a long answer is read from its beginning
}

function element(turn) {
  return turnElement(turn, { changed: remember, suggest: send });
}

function failure(question, message) {
  const turn = h("article", { class: "turn failed" }, asked(question), h("div", { class: "answer" }, h("p", { class: "said" }, message),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: () => { turn.remove(); send(question); } }, words.retry))));
  return turn;
}

function waiting(busy) {
  const button = find("send");
  button.setAttribute("aria-label", busy ? words.stop : words.send);
  button.replaceChildren(icon(busy ? "stop" : "send"));
  find("new-conversation").hidden = busy || !conversation.turns.length;
}

function redraw() {
  const log = find("log");
  delete log.dataset.shared;
  log.replaceChildren(...conversation.turns.map(element));
  find("welcome").hidden = conversation.turns.length > 0;
  find("new-conversation").hidden = !conversation.turns.length;
}

async function suggestions() {
  const place = find("suggestions");
  if (place.childElementCount) return;
  try {
    const { questions } = await get("/suggestions?count=6");
    place.replaceChildren(...questions.map((text) => h("li", {}, h("button", { type: "button", onclick: () => send(text) }, text))));
  } catch (error) {
    place.replaceChildren(h("li", { class: "notice" }, error.message));
  }
}

async function showShared(answerId) {
  const log = find("log");
  log.dataset.shared = "1";
  find("welcome").hidden = true;
  find("new-conversation").hidden = true;
  try {
    const { question, answer } = await get(`/shared/${encodeURIComponent(answerId)}`);
    log.replaceChildren(
      h("h1", { class: "shared" }, words.sharedHeading),
      turnElement({ question, answer }, { suggest: send, own: false }),
      h("button", { type: "button", class: "plain", onclick: () => { location.hash = "#/ask"; draft(question); } }, words.askYourself));
  } catch (error) {
    log.replaceChildren(h("p", { class: "notice" }, error.message));
  }
}

function begin() {
  conversation = { ...BEGIN };
  remember();
  closeSide(false);
  redraw();
  find("suggestions").replaceChildren();
  suggestions();
  find("question").focus();
}

async function forget() {
  const chosen = await dialog(words.forgetTitle, [h("p", {}, words.forgetWarning)], [["", words.cancel], ["forget", words.forgetYes, "danger"]]);
  if (!chosen) return;
  try {
    const { deleted } = await get("/me", { method: "DELETE" });
    begin();
    toast(words.forgotten(deleted));
  } catch (error) {
    toast(error.message, true);
  }
}

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return Array.isArray(kept?.turns) ? kept : { ...BEGIN };
  } catch {
    return { ...BEGIN };
  }
}

function remember() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(conversation));
  } catch { /* private windows may refuse: the conversation then lasts as long as the page */ }
}

function fit() {
  const box = find("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
}
