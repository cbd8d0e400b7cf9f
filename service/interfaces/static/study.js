// One card at a time: today's review with FSRS, or flipping through a topic.

import { find, h, toast } from "/static/dom.js";
import { call, get } from "/static/http.js";
import { lite } from "/static/text.js";
import { interval, words } from "/static/words.js";

const PAGE = 200;
let keys = null;

document.addEventListener("keydown", (event) => {
  if (!keys || find("learn").hidden || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
  const own = event.target.closest?.("button, a, [tabindex='0']");
  if (own && (event.key === " " || event.key === "Enter")) return; // the focused button acts itself
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/** Review what is due today, until nothing is left. */
export async function review(tag, done) {
  const address = `/reviews/today${tag ? `?tag=${encodeURIComponent(tag)}` : ""}`;
  try {
    const { cards } = await get(address);
    if (!cards.length) {
      toast(words.allDone);
      return finish(done);
    }
    reviewCards(cards, 0, () => review(tag, done), done);
  } catch (error) {
    toast(error.message, true);
  }
}

function reviewCards(cards, at, more, done) {
  if (at === cards.length) return more();
  const { card, seconds } = cards[at];
  const answered = async (rating) => {
    keys = null;
    try {
      await call("/reviews", { method: "POST", json: { card: card.id, rating } });
      reviewCards(cards, at + 1, more, done);
    } catch (error) {
      toast(error.message, true);
      back();
    }
  };
  const back = () => {
    const ratings = [1, 2, 3, 4].map((rating) => h("button", { type: "button", class: `rating r${rating}`, "aria-keyshortcuts": String(rating), onclick: () => answered(rating) },
      h("span", {}, words.ratings[rating]), h("span", { class: "small" }, interval(seconds[rating]))));
    draw(card, true, words.place(at + 1, cards.length), h("div", { class: "ratings" }, ratings), words.keysReview, done);
    keys = Object.fromEntries([1, 2, 3, 4].map((rating) => [String(rating), () => answered(rating)]));
  };
  const showing = h("button", { type: "button", class: "primary wide", onclick: back }, words.showAnswer);
  draw(card, false, words.place(at + 1, cards.length), showing, words.keysReview, done);
  keys = { " ": back, Enter: back };
}

/** Flip through the cards of a topic. */
export async function flip(tag, title, done) {
  try {
    const cards = [];
    for (let page = { total: 1 }; cards.length < page.total;) {
      page = await get(`/cards?limit=${PAGE}&offset=${cards.length}&tag=${encodeURIComponent(tag)}`);
      if (!page.cards.length) break;
      cards.push(...page.cards);
    }
    if (cards.length) flipCards(cards, 0, false, done, title);
  } catch (error) {
    toast(error.message, true);
  }
}

function flipCards(cards, at, turned, done, title) {
  const go = (step) => () => {
    const next = at + step;
    if (next >= 0 && next < cards.length) flipCards(cards, next, false, done, title);
  };
  const turn = () => flipCards(cards, at, !turned, done, title);
  const row = h("div", { class: "ratings three" },
    h("button", { type: "button", class: "plain", disabled: at === 0, onclick: go(-1) }, words.previous),
    h("button", { type: "button", class: "primary", onclick: turn }, turned ? words.question : words.showAnswer),
    h("button", { type: "button", class: "plain", disabled: at === cards.length - 1, onclick: go(1) }, words.next));
  draw(cards[at], turned, `${title} · ${words.place(at + 1, cards.length)}`, row, words.keysFlip, done);
  keys = { " ": turn, Enter: turn, ArrowLeft: go(-1), ArrowRight: go(1) };
}

function draw(card, turned, place, controls, hint, done) {
  const face = h("div", { class: "card-face", tabindex: -1, "aria-live": "polite" }, ...faces(card, turned));
  find("learn").replaceChildren(h("div", { class: "study" },
    h("div", { class: "row between" }, h("p", { class: "muted" }, place),
      h("button", { type: "button", class: "quiet", onclick: () => finish(done) }, words.stopLearning)),
    face, controls, h("p", { class: "muted small wide-only center" }, hint)));
  face.focus({ preventScroll: true });
}

function faces(card, turned) {
  const where = (turned ? card.heading_path.slice(-2) : card.context).join(" › "); // a heading may be the answer
  const front = card.cloze ? lite(card.cloze, turned ? told : hidden) : lite(card.front);
  return [
    where && h("p", { class: "muted small" }, where),
    h("div", { class: "front" }, front),
    !turned && words.kinds[card.kind] && h("p", { class: "muted" }, words.kinds[card.kind]),
    turned && !card.cloze && h("div", { class: "card-back" }, lite(card.back)),
    turned && card.extra && h("div", { class: "extra" }, lite(card.extra)),
    turned && card.document && h("p", {}, h("a", { class: "small", href: `#/read/${encodeURIComponent(card.document)}?lines=${card.lines.join("-")}` }, words.fromNote)),
  ].filter(Boolean);
}

const hidden = (_, hint) => h("span", { class: "gap" }, h("span", { class: "hidden-text" }, words.blank), hint ?? "…");
const told = (text) => h("mark", {}, ...lite(text));

function finish(done) {
  keys = null;
  done();
}
