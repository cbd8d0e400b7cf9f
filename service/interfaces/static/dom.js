// Builds elements. Text is always text: nothing here turns a string into HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M12 19V6m0 0-5.500 5.500M12 6l5.500 5.500",
  stop: "M8 8h8v8H8z",
  copy: "M9 9h10v10H9zM5 15V5h10",
  up: "M8 11v8H5v-8h3zm0 0 3.500-7c1.500 0 2.300 1 2 2.500L13 10h5c1.200 0 2 .9 1.700 2l-1.500 5.500c-.3 1-1 1.500-2 1.500H8",
  down: "M8 13V5H5v8h3zm0 0 3.500 7c1.500 0 2.300-1 2-2.500L13 14h5c1.200 0 2-.9 1.700-2l-1.500-5.500c-.3-1-1-1.500-2-1.500H8",
  card: "M5 7h11v12H5zM9 4h10v11",
  share: "M12 14V4m0 0L8 8m4-4 4 4M6 12v7h12v-7",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  link: "M10 14a4 4 0 0 0 6 .5l2.500-2.500a4 4 0 0 0-5.700-5.700L11.500 7.500M14 10a4 4 0 0 0-6-.5L5.500 12a4 4 0 0 0 5.700 5.700l1.300-1.200",
  ask: "M5 5h14v11h-8l-4 4v-4H5z",
  get: "M12 4v11m0 0-4-4m4 4 4-4M5 19h14",
  open: "M9 5l7 7-7 7",
  trash: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
};

/** An element: `h("p", {class: "x", onclick: f}, "text", child)`. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A drawing beside or instead of words; it says nothing to a screen reader. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", class: "icon" })) {
    drawing.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** A button with a drawing and words. */
export function button(words, { symbol, ...properties } = {}) {
  return h("button", { type: "button", ...properties }, symbol && icon(symbol), h("span", {}, words));
}

export const find = (id) => document.getElementById(id);

let fading;

/** Say something in passing; screen readers hear it too. */
export function toast(words, bad = false) {
  const place = find("toast");
  place.textContent = words;
  place.className = bad ? "toast shown bad" : "toast shown";
  clearTimeout(fading);
  fading = setTimeout(() => { place.className = "toast"; place.textContent = ""; }, bad ? 8000 : 4000);
}

/** Copy text, also where the page isn't served over HTTPS. */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "hidden-text", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(done);
}

/** Ask in a dialog; gives the id of the button that was chosen, or "" when it was closed. */
export function dialog(title, content, buttons) {
  const box = find("dialog");
  return new Promise((resolve) => {
    const choose = (value) => { box.close(value); };
    box.replaceChildren(
      h("h2", { id: "dialog-title" }, title),
      ...content,
      h("div", { class: "row end" }, buttons.map(([value, words, kind]) =>
        h("button", { type: "button", class: kind ?? "plain", onclick: () => choose(value) }, words))),
    );
    box.returnValue = "";
    box.addEventListener("close", () => resolve(box.returnValue), { once: true });
    box.showModal();
  });
}
