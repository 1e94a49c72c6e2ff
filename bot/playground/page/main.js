// The page: what the server tells is drawn, what a person does is told to the server.

import { blocks } from "./blocks.js";
import { composer, coded } from "./composer.js";
import { h, icon } from "./dom.js";
import { closeMenus } from "./elements.js";
import { pane, rows, typing } from "./messages.js";
import { modals, place } from "./modal.js";
import { sidebar, title } from "./sidebar.js";

const $ = (id) => document.getElementById(id);
const space = { channels: [], people: {}, views: [], notices: [] };
const read = new Map(); // person/channel → ts read up to
let awaited = null; // the message whose first reply will open its thread
let socket = null, tries = 0, drawn = {}, tab = "messages", me = new URLSearchParams(location.search).get("as") ?? "";

const where = () => {
  const [, channel = "", thread = ""] = location.hash.split("/");
  return { channel, thread };
};
const go = (channel, thread = "") => {
  document.body.classList.remove("drawer");
  const hash = `#/${channel}${thread ? `/${thread}` : ""}`;
  if (hash === location.hash) draw(); else location.hash = hash;
};
const messagesOf = (channel) => space[`messages/${channel}`] ?? [];

// ------------------------------------------------------------------ the server

function listen() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/page/live?as=${encodeURIComponent(me)}`);
  socket.onmessage = (event) => {
    const first = !space.me || space.me !== me;
    tries = 0;
    Object.assign(space, JSON.parse(event.data));
    if (first) begin();
    banner();
    draw();
  };
  socket.onclose = (event) => {
    if (event.target !== socket) return;
    banner();
    tries += 1;
    setTimeout(listen, Math.min(500 * 2 ** tries, 8000));
  };
}

function begin() {
  me = space.me;
  for (const channel of space.channels) read.set(`${me}/${channel.id}`, messagesOf(channel.id).at(-1)?.ts ?? "0");
  const { channel } = where();
  if (space.channels.some((one) => one.id === channel)) return;
  const opening = space.channels.find((one) => one.id === space.opening.channel);
  const target = opening ?? space.channels[0];
  if (target) history.replaceState(null, "", `#/${target.id}${opening && space.opening.thread ? `/${space.opening.thread}` : ""}`);
}

function become(id) {
  me = id;
  awaited = null;
  for (const name of Object.keys(space)) if (name.startsWith("messages/")) delete space[name];
  drawn = {};
  const old = socket;
  listen();
  old.close();
  document.body.classList.remove("drawer");
}

const SAID = {
  unknown_command: (answer) => `${answer.command} is not a command of this workspace. A message that begins with / is read as one.`,
  not_supported_in_threads: (answer) => `${answer.command} is not supported in threads. Sorry!`,
  not_in_channel: () => "You are not a member of this channel.",
  message_not_found: () => "This message is no longer there.",
  not_found: () => "This window is no longer open.",
  file_too_large: () => "This file is larger than 20 MB, which is the most that can be shared here.",
  file_is_empty: () => "This file is empty.",
  file_not_here: () => "Files can be shared in a direct conversation.",
};

const act = (what) => post("/page/act", "application/json", JSON.stringify({ as: me, ...what }));

async function post(address, type, body) {
  try {
    const response = await fetch(address, { method: "POST", headers: { "Content-Type": type }, body });
    const answer = await response.json();
    if (!answer.ok) toast(SAID[answer.error]?.(answer) ?? `That did not work (${answer.error}).`);
    return answer;
  } catch {
    toast("The local Slack did not answer. Is it still running?");
    return { ok: false };
  }
}

async function send(channel, thread, text) {
  if (text.startsWith("/")) return (await act({ do: "command", channel, thread, text })).ok;
  const message = coded(text, space.people);
  const answer = await act({ do: "say", channel, thread, text: message });
  const toApp = message.includes(`<@${space.app.user}>`) || space.channels.find((one) => one.id === channel)?.kind === "im";
  if (answer.ok && !thread && toApp) { awaited = { channel, ts: answer.ts }; draw(); }
  return answer.ok;
}

const MOST_BYTES = 20 * 2 ** 20;

async function share(channel, file) {
  if (file.size > MOST_BYTES) return toast(SAID.file_too_large());
  const answer = await post(`/page/file?${new URLSearchParams({ as: me, channel, name: file.name })}`, "application/octet-stream", file);
  if (answer.ok) { awaited = { channel, ts: answer.ts }; draw(); }
}

// A direct conversation with the app takes files that are dropped on it.
function drops(node, channel) {
  const takes = channel.kind === "im" && channel.members.includes(space.app.user);
  const shown = (on) => node.classList.toggle("dropping", on);
  node.ondragover = takes ? (event) => { event.preventDefault(); shown(true); } : null;
  node.ondragleave = takes ? (event) => { if (!node.contains(event.relatedTarget)) shown(false); } : null;
  node.ondrop = takes ? (event) => { event.preventDefault(); shown(false); for (const file of event.dataTransfer.files) share(channel.id, file); } : null;
  return takes ? (file) => share(channel.id, file) : undefined;
}

// ------------------------------------------------------------------ drawing

function banner() {
  const lost = !socket || socket.readyState > 1;
  const text = lost ? "The connection to this Slack was lost. Trying again …" : space.app && !space.app.connected ? `${space.app.name} is not connected. What you write to it waits, or fails, as in Slack.` : "";
  $("banner").hidden = !text;
  $("banner").textContent = text;
  $("banner").classList.toggle("lost", lost);
}

function toast(text) {
  const node = h("div", { class: "toast" }, text, h("button", { type: "button", class: "button square ghost", "aria-label": "Dismiss", onclick: () => node.remove() }, icon("close")));
  $("toasts").append(node);
  setTimeout(() => node.remove(), 8000);
}

const narrow = () => matchMedia("(max-width: 760px)").matches;

function header(channel, space) {
  const app = channel.kind === "im" && channel.members.includes(space.app.user);
  const about = channel.kind === "im" ? (app ? space.app.about : "") : `${channel.members.length} members${channel.external ? ", shared with another company" : ""}`;
  const tabs = app && space.app.home && h("div", { class: "tabs", role: "tablist" }, [["home", "Home"], ["messages", "Messages"]].map(([name, text]) =>
    h("button", { type: "button", role: "tab", "aria-selected": String(tab === name), onclick: () => { tab = name; act({ do: "visit", tab: name }); drawn = {}; draw(); } }, text)));
  return h("header", { class: "bar" },
    h("button", { type: "button", class: "button square ghost only-narrow", "aria-label": "Conversations and people", onclick: () => { document.body.classList.add("drawer"); $("veil").hidden = false; $("sidebar").querySelector("[aria-current]")?.focus(); } }, icon("menu")),
    h("div", { class: "bar-title" }, h("h1", null, channel.kind === "im" ? "" : icon(channel.kind === "private" ? "lock" : "hash"), title(channel, space)), about && h("small", null, about)), tabs);
}

function chips(channel) {
  const prompts = channel.kind === "im" ? space.prompts?.[channel.id] : undefined;
  const list = prompts ? prompts.prompts.map((one) => ({ title: one.title, text: one.message })) : space.opening.starters;
  if (!list.length) return null;
  const lead = (text) => (channel.kind === "im" || text.startsWith("/") ? text : `@${space.app.name} ${text}`);
  return h("div", { class: "chips", role: "group", "aria-label": prompts?.title || "Try one of these" }, list.map((one) =>
    h("button", { type: "button", class: "chip", title: lead(one.text), onclick: () => send(channel.id, "", lead(one.text)) }, one.title)));
}

// What stands before the first message.
function intro(channel) {
  const inside = channel.members.includes(space.app.user);
  const text = channel.kind === "im"
    ? (inside ? `This is the very beginning of your conversation with ${space.app.name}. ${space.app.about}` : "This is the very beginning of your conversation.")
    : `This is the very beginning of the channel. ${inside ? `Mention @${space.app.name} to ask it something.` : `${space.app.name} is not a member of it.`}`;
  return h("div", { class: "intro" }, h("h2", null, channel.kind === "im" ? title(channel, space) : `# ${channel.name}`), h("p", null, text));
}

function drawChannel(channel) {
  const node = $("channel");
  const home = tab === "home" && channel.kind === "im" && space.app.home;
  const frame = JSON.stringify([channel, me, home, space.prompts?.[channel.id], space.opening.starters, space.app]);
  const fresh = drawn.channel !== frame;
  if (fresh) {
    drawn.channel = frame;
    drawn.list = pane("Messages", home ? null : intro(channel));
    const attach = drops(node, channel);
    drawn.status = h("div", { class: "status" });
    node.replaceChildren(header(channel, space), drawn.list, drawn.status, ...(home ? [] : [h("div", { class: "foot" }, chips(channel) ?? "",
      composer({ id: "main-composer", key: `${me}/${channel.id}`, hint: `Message ${channel.kind === "im" ? title(channel, space) : `#${channel.name}`}`, space: () => space, send: (text) => send(channel.id, "", text), attach }))]));
    if (!narrow() && !document.querySelector("dialog[open]") && !where().thread) $("main-composer")?.focus({ preventScroll: true });
  }
  if (home) {
    const shown = space.home ? blocks(space.home.blocks, place(space.home, space, act)) : h("div", { class: "empty" }, h("h2", null, "Nothing here yet"), h("p", null, `${space.app.name} has not published a home for you.`));
    drawn.list.replaceChildren(h("div", { class: "home" }, shown));
    return;
  }
  const all = messagesOf(channel.id);
  const tops = all.filter((one) => !one.thread_ts || one.thread_ts === one.ts);
  rows(drawn.list, tops, { space, act, channel: channel.id, open: (ts) => go(channel.id, ts), all, fresh, names: Object.keys(space.people).length });
  drawn.status.replaceChildren(awaited?.channel === channel.id ? typing(channel, awaited.ts, space, act) : "");
  read.set(`${me}/${channel.id}`, all.at(-1)?.ts ?? "0");
}

function drawThread(channel, root) {
  const node = $("thread");
  const all = messagesOf(channel.id);
  const found = root && all.find((one) => one.ts === root);
  node.hidden = !found;
  document.body.classList.toggle("with-thread", Boolean(found));
  if (!found) { drawn.thread = ""; return; }
  const frame = JSON.stringify([channel.id, root, me]);
  const fresh = drawn.thread !== frame;
  if (fresh) {
    drawn.thread = frame;
    drawn.replies = pane("Thread messages");
    drawn.working = h("div", { class: "status" });
    node.replaceChildren(
      h("header", { class: "bar" }, h("button", { type: "button", class: "button square ghost only-narrow", "aria-label": "Back to the channel", onclick: () => go(channel.id) }, icon("back")),
        h("div", { class: "bar-title" }, h("h1", null, "Thread"), h("small", null, channel.kind === "im" ? title(channel, space) : `#${channel.name}`)),
        h("button", { type: "button", class: "button square ghost not-narrow", "aria-label": "Close the thread", onclick: () => go(channel.id) }, icon("close"))),
      drawn.replies, drawn.working,
      h("div", { class: "foot" }, composer({ id: "thread-composer", key: `${me}/${channel.id}/${root}`, hint: "Reply …", space: () => space, send: (text) => send(channel.id, root, text) })));
    if (!narrow() && !document.querySelector("dialog[open]")) $("thread-composer").focus({ preventScroll: true });
  }
  const shown = all.filter((one) => one.ts === root || one.thread_ts === root);
  rows(drawn.replies, shown, { space, act, channel: channel.id, open: () => {}, all, inThread: true, fresh, names: Object.keys(space.people).length });
  drawn.working.replaceChildren(typing(channel, root, space, act));
}

function draw() {
  if (!space.me) return;
  const { channel: id, thread } = where();
  const channel = space.channels.find((one) => one.id === id);
  if (awaited?.channel === id && messagesOf(id).some((one) => one.thread_ts === awaited.ts && one.ts !== awaited.ts)) {
    const { ts } = awaited;
    awaited = null;
    go(id, ts);
    return;
  }
  $("veil").hidden = !document.body.classList.contains("drawer");
  sidebar($("sidebar"), space, { at: id, become, go: (to) => { tab = "messages"; const chosen = space.channels.find((one) => one.id === to); if (chosen?.kind === "im" && chosen.members.includes(space.app.user)) act({ do: "visit", tab }); go(to); },
    unread: (one) => one.id !== id && (messagesOf(one.id).at(-1)?.ts ?? "0") > (read.get(`${me}/${one.id}`) ?? "0") && messagesOf(one.id).at(-1)?.user !== me });
  if (channel) { drawChannel(channel); drawThread(channel, thread); document.title = `${channel.kind === "im" ? title(channel, space) : `#${channel.name}`} – Playground`; }
  else {
    drawn = {};
    drawThread({ id: "" }, "");
    $("channel").replaceChildren(h("div", { class: "empty" }, h("h2", null, space.channels.length ? "Nothing is open" : "You are in no channel yet"), h("p", null, `${space.people[me].name} is in ${space.channels.length || "no"} conversations. Choose one on the left.`)));
  }
  modals(space.views, space, act);
  for (const notice of space.notices) toast(notice);
  if (space.notices.length) { space.notices = []; act({ do: "dismiss" }); }
}

// ------------------------------------------------------------------ keys

addEventListener("hashchange", draw);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (closeMenus()) return;
  const { channel, thread } = where();
  if (document.body.classList.contains("drawer")) { document.body.classList.remove("drawer"); draw(); }
  else if (thread) { go(channel); $("main-composer")?.focus(); }
});
addEventListener("click", (event) => { if (!event.target.closest(".menu")) document.querySelector(".menu[data-open]")?.removeAttribute("data-open"); });
$("veil").addEventListener("click", () => { document.body.classList.remove("drawer"); draw(); });

listen();
