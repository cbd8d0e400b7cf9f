// Cards: what to review today, the deck by topic, downloads for Anki.

import { button, find, h, icon, toast } from "/static/dom.js";
import { call, get } from "/static/http.js";
import { flip, review } from "/static/study.js";
import { words } from "/static/words.js";

const name = (tag) => tag.replace(/^도커::/, "").replaceAll("::", " › ");

/** Show the view. */
export async function showLearn() {
  const place = find("learn");
  if (!place.childElementCount) place.append(h("p", { class: "muted" }, words.thinking));
  try {
    const [topics, today, saved] = await Promise.all([get("/reviews/topics"), get("/reviews/today"), get("/cards?saved=true&limit=200")]);
    place.replaceChildren(
      h("h1", {}, words.learnTitle),
      h("p", { class: "muted" }, words.learnLead),
      todayPanel(today, topics.total),
      decks(topics),
      mine(saved),
      how());
  } catch (error) {
    place.replaceChildren(h("h1", {}, words.learnTitle), h("p", { class: "notice" }, error.message));
  }
}

function todayPanel(today, total) {
  const left = today.cards.length > 0;
  return h("section", { class: "panel today", "aria-labelledby": "today-title" },
    h("div", {}, h("h2", { id: "today-title" }, words.today),
      h("p", {}, left ? words.todayCounts(today.due, today.new, today.done) : total ? words.allDone : words.noCards)),
    left && h("button", { type: "button", class: "primary", onclick: () => review("", showLearn) }, words.start));
}

function decks({ total, topics }) {
  return h("section", { "aria-labelledby": "topics-title" },
    h("div", { class: "row between" }, h("h2", { id: "topics-title" }, words.topics), h("div", { class: "row" }, total > 0 && download("docker", "", words.getAll, "primary"))),
    h("ul", { class: "topics" }, topics.map((topic) => h("li", { class: "panel" },
      h("div", {}, h("h3", {}, name(topic.tag)), h("p", { class: "muted" }, words.topicCounts(topic.cards, topic.seen, topic.due))),
      h("div", { class: "row" },
        h("button", { type: "button", class: "plain", "aria-label": `${name(topic.tag)} ${words.reviewOne}`, onclick: () => review(topic.tag, showLearn) }, words.reviewOne),
        button(words.flip, { symbol: "card", class: "plain", "aria-label": `${name(topic.tag)} ${words.flip}`, onclick: () => flip(topic.tag, name(topic.tag), showLearn) }),
        download("docker", topic.tag, words.get, "plain", `${name(topic.tag)} ${words.get}`))))));
}

function mine(saved) {
  return h("section", { "aria-labelledby": "mine-title" },
    h("div", { class: "row between" }, h("h2", { id: "mine-title" }, words.mine), saved.total > 0 && download("saved", "", words.getSaved, "plain")),
    saved.total === 0 ? h("p", { class: "muted" }, words.noneSaved) : h("ul", { class: "saved" }, saved.cards.map((card) => h("li", { class: "panel" },
      h("p", {}, card.front),
      h("button", { type: "button", class: "round", "aria-label": `${words.remove}: ${card.front}`, title: words.remove, onclick: () => remove(card) }, icon("trash"))))));
}

async function remove(card) {
  try {
    await call(`/cards/${encodeURIComponent(card.id)}`, { method: "DELETE" });
    toast(words.removed);
    await showLearn();
  } catch (error) {
    toast(error.message, true);
  }
}

// A link as well as a button: it works without this module, and with it says in words what went wrong.
function download(deck, tag, label, kind, spoken) {
  const address = `/decks/${deck}.apkg${tag ? `?tag=${encodeURIComponent(tag)}` : ""}`;
  return h("a", { class: `button ${kind}`, href: address, download: "", "aria-label": spoken ?? false, onclick: async (event) => {
    event.preventDefault();
    try {
      const response = await call(address);
      save(await response.blob(), fileName(response) ?? `${deck}.apkg`);
      toast(words.downloaded);
    } catch (error) {
      toast(error.message, true);
    }
  } }, icon("get"), h("span", {}, label));
}

function fileName(response) {
  const given = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "");
  return given && decodeURIComponent(given[1]);
}

function save(blob, called) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: called });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function how() {
  const steps = (title, listed) => h("div", { class: "panel" }, h("h3", {}, title), h("ol", {}, listed.map((step) => h("li", {}, step))));
  return h("section", { "aria-labelledby": "how-title" }, h("h2", { id: "how-title" }, words.howTitle),
    h("div", { class: "how" }, steps(words.howComputer, words.computerSteps), steps(words.howPhone, words.phoneSteps)));
}
