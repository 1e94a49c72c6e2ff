// Messages: one row each, drawn anew only when it changed.

import { body } from "./blocks.js";
import { avatar, h, icon, timeOf } from "./dom.js";

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

function files(message) {
  return message.files?.map((file) => file.mimetype === "image/png" ? h("figure", { class: "picture" }, h("figcaption", null, file.title || file.name),
    h("a", { href: file.url_private, download: file.name }, h("img", { src: file.url_private, alt: file.alt_txt ?? "" }))) : h("a", { class: "file", href: file.url_private, download: file.name },
    h("span", { class: "file-sign" }, icon("file")), h("span", null, h("strong", null, file.title || file.name), h("small", null, `${file.filetype.toUpperCase()} · ${size(file.size)} · Download`))));
}

function replies(root, all, open) {
  const under = all.filter((one) => one.thread_ts === root.ts && one.ts !== root.ts && !one.ephemeral);
  if (!under.length) return null;
  return h("button", { type: "button", class: "replies", onclick: () => open(root.ts) }, icon("thread"),
    h("strong", null, under.length === 1 ? "1 reply" : `${under.length} replies`), h("span", null, `Last reply at ${timeOf(under.at(-1).ts)}`));
}

function row(message, { space, act, open, channel, inThread, all }) {
  const who = space.people[message.user] ?? { name: message.user };
  const app = message.user === space.app.user;
  const place = { space, dispatches: true, press: (path, chosen) => act({ do: "press", channel, ts: message.ts, path, chosen }) };
  const starts = !inThread && !message.ephemeral;
  return h("article", { class: `message${message.ephemeral ? " ephemeral" : ""}`, "data-ts": message.ts, "aria-label": `${who.name}, ${timeOf(message.ts)}` },
    avatar(who.name, app ? space.app.colour : undefined),
    h("div", { class: "message-body" },
      message.ephemeral && h("div", { class: "alone" }, icon("eye"), "Only visible to you"),
      h("div", { class: "by" }, h("strong", null, who.name), app && h("span", { class: "badge" }, "APP"), who.guest && h("span", { class: "badge guest" }, "GUEST"),
        h("time", null, timeOf(message.ts)), message.edited && !app && h("span", { class: "edited" }, "(edited)")),
      body(message, place), files(message),
      starts && replies(message, all, open)),
    h("div", { class: "tools" },
      !message.ephemeral && space.app.shortcuts.map((one) => h("button", { type: "button", class: "button ghost reply shortcut", title: one.name, "aria-label": one.name, onclick: () => act({ do: "shortcut", channel, ts: message.ts, shortcut: one.id }) }, icon("more"))),
      starts && h("button", { type: "button", class: "button ghost reply", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => open(message.ts) }, icon("thread"))));
}

// The list of a pane: as long as its end is in view it stays there, whatever the window does.
export function pane(name, intro) {
  const list = h("div", { class: "messages", role: "log", tabindex: "0", "aria-label": name }, intro, h("div", { class: "rows" }),
    h("button", { type: "button", class: "newer", hidden: true, onclick: () => { list.scrollTop = list.scrollHeight; } }, "New messages ↓"));
  list.atEnd = true;
  list.addEventListener("scroll", () => {
    list.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    if (list.atEnd) list.lastElementChild.hidden = true;
  });
  new ResizeObserver(() => { if (list.atEnd) list.scrollTop = list.scrollHeight; }).observe(list);
  return list;
}

// Fills a pane with the rows of `shown`; rows that say the same stay the elements they are.
export function rows(list, shown, context) {
  const inside = list.querySelector(".rows");
  const kept = new Map([...inside.children].map((node) => [node.dataset.ts, node]));
  const before = inside.lastElementChild?.dataset;
  const own = shown.at(-1)?.user === context.space.me && before?.ts !== shown.at(-1).ts;
  const follow = list.atEnd || own || context.fresh;
  const [mark, ts] = [before?.mark, before?.ts];
  const nodes = shown.map((message) => {
    const under = context.inThread ? 0 : context.all.filter((one) => one.thread_ts === message.ts && !one.ephemeral).map((one) => one.ts).join();
    const mark = JSON.stringify([message, under, context.space.me, context.names]);
    const old = kept.get(message.ts);
    if (old?.dataset.mark === mark) return old;
    const node = row(message, context);
    node.dataset.mark = mark;
    return node;
  });
  nodes.forEach((node, at) => {
    if (inside.children[at] !== node) inside.insertBefore(node, inside.children[at] ?? null);
  });
  while (inside.children.length > nodes.length) inside.lastElementChild.remove();
  const last = inside.lastElementChild;
  if (last && follow && (last.dataset.mark !== mark || context.fresh)) {
    // A message taller than the window is shown from its beginning, and what it answers above it if there is room.
    list.atEnd = last.offsetHeight <= list.clientHeight * 0.75;
    if (list.atEnd) list.scrollTop = list.scrollHeight;
    else list.scrollTop = last.offsetTop < list.clientHeight / 3 ? 0 : last.offsetTop - 8;
  } else if (last && ts && last.dataset.ts !== ts) list.lastElementChild.hidden = false;
}

export const typing = (channel, root, space, act) => {
  const at = `${channel.id}/${root}`, status = space.statuses?.[at], working = space.working?.includes(at);
  if (!status?.status && !working) return "";
  const said = status?.loading_messages?.join(" ") || `${space.app.name} ${status?.status ?? "is working …"}`;
  return h("div", { class: "typing", role: "status" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), said,
    working && h("button", { type: "button", class: "button", onclick: () => act({ do: "stop", channel: channel.id, thread: root }) }, "Stop"));
};
