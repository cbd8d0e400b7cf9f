// Which view is shown: #/ask, #/answer/{id}, #/read/{document}?lines=a-b, #/learn, #/care.

import { draft, send, showAsk, startAsk } from "/static/ask.js";
import { dialog, find, h } from "/static/dom.js";
import { key, onKeyNeeded } from "/static/http.js";
import { closeSide } from "/static/side.js";
import { words } from "/static/words.js";

// The other views are fetched when they are first wanted.
const views = {
  ask: () => showAsk(),
  answer: (place) => showAsk(place.id),
  read: async (place) => (await import("/static/read.js")).showRead(place, { draft, send }),
  learn: async () => (await import("/static/learn.js")).showLearn(),
  care: async () => (await import("/static/care.js")).showCare(),
};

function place() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, id] = path.split("/");
  const given = new URLSearchParams(query);
  return { view: view in views ? view : "ask", id: id ? decodeURIComponent(id) : "", lines: given.get("lines"), at: given.get("at") };
}

async function show(first) {
  const now = place();
  const name = now.view === "answer" ? "ask" : now.view;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = name === "ask" ? words.title : `${words.views[name]} · ${words.title}`;
  if (name !== "ask") closeSide(false);
  if (!first && name !== "ask") find("main").focus({ preventScroll: true });
  if (!first && name !== "read") window.scrollTo(0, 0);
  await views[now.view](now);
}

async function askForKey() {
  const field = h("input", { type: "password", autocomplete: "off", "aria-label": words.keyLabel });
  const chosen = await dialog(words.keyTitle, [h("p", {}, words.keyLead), field], [["", words.cancel], ["enter", words.enter, "primary"]]);
  if (!chosen || !field.value.trim()) return false;
  key.set(field.value.trim());
  return true;
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  find("main").focus();
});
onKeyNeeded(askForKey);
startAsk();
addEventListener("hashchange", () => show(false));
show(true);
document.documentElement.dataset.ready = "1";
