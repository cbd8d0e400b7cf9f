// Calls to the service. Errors are problem documents with Korean words to show.

import { words } from "/static/words.js";

const KEY = "key";
const KEY_EVERYWHERE = "key-everywhere";

/** What the service refused, in its own words. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The owner's key: kept by this tab only, sent with owners' calls, and with all where the service wants one. */
export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => (value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY)),
  needed: () => sessionStorage.getItem(KEY_EVERYWHERE) === "1",
};

let askForKey = async () => false;

/** Who to ask for a key when an ordinary call needs one; gives whether there is one now. */
export function onKeyNeeded(ask) {
  askForKey = ask;
}

/** A response, or a Problem. `owner` calls always carry the key. */
export async function call(path, { method = "GET", json, text, headers = {}, owner = false, signal } = {}) {
  const given = { ...headers };
  if (json !== undefined) given["Content-Type"] = "application/json";
  if (text !== undefined) given["Content-Type"] = "text/markdown; charset=utf-8";
  if (key.get() && (owner || key.needed())) given.Authorization = `Bearer ${key.get()}`;
  let response;
  try {
    response = await fetch(path, { method, headers: given, body: json === undefined ? text : JSON.stringify(json), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, words.offline);
  }
  if (response.ok) return response;
  if (response.status === 401 && !owner && !key.needed() && (await askForKey())) {
    sessionStorage.setItem(KEY_EVERYWHERE, "1");
    return call(path, { method, json, text, headers, owner, signal });
  }
  throw await problem(response);
}

async function problem(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem(response.status, body.detail ?? words.failed);
}

/** The JSON of a call. */
export async function get(path, options) {
  return (await call(path, options)).json();
}

/** Ask a question; `heard` gets each piece of the answer. Gives the whole answer. */
export async function ask(question, conversation, signal, heard) {
  const response = await call("/ask", {
    method: "POST",
    json: conversation ? { question, conversation_id: conversation } : { question },
    headers: { Accept: "text/event-stream, application/json;q=0.5" },
    signal,
  });
  const streamed = response.headers.get("content-type")?.startsWith("text/event-stream");
  return streamed ? listen(response, heard) : response.json();
}

async function listen(response, heard) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    buffer += part.value;
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const [event, data] = fields(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (event === "delta") heard(data.text);
      if (event === "done") return data;
      if (event === "error") throw new Problem(data.status, data.detail);
    }
  }
  throw new Problem(0, words.cut);
}

function fields(block) {
  const found = Object.fromEntries(block.split("\n").filter((line) => line && !line.startsWith(":")).map((line) => line.split(/: (.*)/s)));
  return [found.event, found.data && JSON.parse(found.data)];
}
