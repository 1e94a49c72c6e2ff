// Slack's two ways to write text, and rich text, as elements.

import { h } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", eyes: "👀", bar_chart: "📊", tada: "🎉",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bulb: "💡", memo: "📝", lock: "🔒", wave: "👋",
  hourglass_flowing_sand: "⏳", mag: "🔍", page_facing_up: "📄", rocket: "🚀", thumbsup: "👍", "+1": "👍", "-1": "👎",
  thumbsdown: "👎", smile: "😄", calendar: "📅", email: "✉️", star: "⭐", fire: "🔥", no_entry: "⛔", sos: "🆘",
};
const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);
const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const plain = (text) => emoji(unescape(text));

function link(url, shown) {
  return /^(https?:|mailto:)/i.test(url)
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown)
    : document.createTextNode(shown);
}

const name = (id, space) => space.people[id]?.name ?? id;
const mention = (shown, own) => h("span", { class: own ? "mention mention-me" : "mention" }, shown);

function angled(inner, space) {
  const [target, label] = inner.split("|");
  if (target.startsWith("@")) return mention(`@${name(target.slice(1), space)}`, target.slice(1) === space.me);
  if (target.startsWith("#")) {
    const channel = space.channels.find((one) => one.id === target.slice(1));
    return mention(`#${label || channel?.name || target.slice(1)}`);
  }
  if (target.startsWith("!")) return mention(label ? plain(label) : `@${target.slice(1).split("^")[0]}`, true);
  return link(unescape(target), plain(label ?? target.replace(/^mailto:/, "")));
}

// One run of inline mrkdwn; `open` and `close` signs count only at the edges of words, as in Slack.
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])|(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])|(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/g;

function inline(text, space) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) out.push(plain(text.slice(at, found.index)));
    const [all, code, angle, bold, italic, struck] = found;
    if (code !== undefined) out.push(h("code", null, unescape(code)));
    else if (angle !== undefined) out.push(angled(angle, space));
    else if (bold !== undefined) out.push(h("strong", null, inline(bold, space)));
    else if (italic !== undefined) out.push(h("em", null, inline(italic, space)));
    else out.push(h("s", null, inline(struck, space)));
    at = found.index + all.length;
  }
  if (at < text.length) out.push(plain(text.slice(at)));
  return out;
}

// Lines, with bullets hanging, quotes barred, and blank lines as space between.
function lines(text, space) {
  const out = [];
  let quote = null;
  for (const line of text.split("\n")) {
    const quoted = line.match(/^&gt; ?(.*)/);
    if (quoted) {
      if (!quote) out.push((quote = h("blockquote")));
      quote.append(h("div", { class: "line" }, inline(quoted[1], space)));
      continue;
    }
    quote = null;
    const bullet = line.match(/^(\s*)([•◦▪]|\d+\.)\s+(.*)/);
    if (bullet) {
      const deep = Math.min(Math.floor(bullet[1].length / 2), 3);
      out.push(h("div", { class: `line bullet deep-${deep}` }, h("span", { class: "dot" }, bullet[2]), h("span", null, inline(bullet[3], space))));
    } else if (line.trim()) out.push(h("div", { class: "line" }, inline(line, space)));
    else out.push(h("div", { class: "gap" }));
  }
  return out;
}

export function mrkdwn(text, space) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/);
  return h("div", { class: "text" }, parts.map((part, at) =>
    at % 2 ? h("pre", { tabindex: "0" }, unescape(part)) : lines(part.replace(/^\n|\n$/g, ""), space)));
}

export const worded = (object, space) =>
  object.type === "mrkdwn" ? mrkdwn(object.text, space) : h("div", { class: "text" }, lines(object.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"), { people: {}, channels: [] }).flat());

export const label = (object) => emoji(object.text);

// ------------------------------------------------------------------ the markdown block

const MARKS = /`([^`\n]+)`|\[([^\]\n]+)\]\((\S+?)\)|\*\*(.+?)\*\*|__(.+?)__|(?<!\w)[*_](?!\s)([^*_\n]+?)(?<!\s)[*_](?!\w)|~~(.+?)~~/g;

function marked(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(MARKS)) {
    if (found.index > at) out.push(emoji(text.slice(at, found.index)));
    const [all, code, shown, url, bold, also, italic, struck] = found;
    if (code !== undefined) out.push(h("code", null, code));
    else if (shown !== undefined) out.push(link(url, shown));
    else if (bold ?? also) out.push(h("strong", null, marked(bold ?? also)));
    else if (italic !== undefined) out.push(h("em", null, marked(italic)));
    else out.push(h("s", null, marked(struck)));
    at = found.index + all.length;
  }
  if (at < text.length) out.push(emoji(text.slice(at)));
  return out;
}

const cellsOf = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

export function markdown(text) {
  const out = h("div", { class: "text markdown" });
  const all = text.split("\n");
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at];
    const heading = line.match(/^(#{1,6})\s+(.*)/);
    const item = line.match(/^(\s*)([-*+]|\d+[.)])\s+(.*)/);
    if (/^```/.test(line)) {
      const end = all.findIndex((other, number) => number > at && /^```/.test(other));
      out.append(h("pre", { tabindex: "0" }, all.slice(at + 1, end < 0 ? undefined : end).join("\n")));
      at = end < 0 ? all.length : end;
    } else if (heading) out.append(h(`h${Math.min(heading[1].length + 2, 6)}`, null, marked(heading[2])));
    else if (/^\s*([-*_])\s*(\1\s*){2,}$/.test(line)) out.append(h("hr"));
    else if (item) {
      const sign = /\d/.test(item[2]) ? item[2] : "•";
      out.append(h("div", { class: `line bullet deep-${Math.min(Math.floor(item[1].length / 2), 3)}` }, h("span", { class: "dot" }, sign), h("span", null, marked(item[3]))));
    } else if (line.includes("|") && /^[\s|:-]+$/.test(all[at + 1] ?? "") && (all[at + 1] ?? "").includes("-")) {
      const rows = [];
      let last = at + 2;
      while (last < all.length && all[last].includes("|")) rows.push(cellsOf(all[last++]));
      out.append(h("div", { class: "scroll", tabindex: "0" }, h("table", null,
        h("thead", null, h("tr", null, cellsOf(line).map((cell) => h("th", null, marked(cell))))),
        h("tbody", null, rows.map((row) => h("tr", null, row.map((cell) => h("td", null, marked(cell)))))))));
      at = last - 1;
    } else if (/^>/.test(line)) out.append(h("blockquote", null, marked(line.replace(/^>\s?/, ""))));
    else if (line.trim()) out.append(h("div", { class: "line" }, marked(line)));
    else out.append(h("div", { class: "gap" }));
  }
  return out;
}

// ------------------------------------------------------------------ rich text

function richPiece(piece, space) {
  const style = piece.style ?? {};
  let node;
  if (piece.type === "text") node = document.createTextNode(piece.text);
  else if (piece.type === "link") node = link(piece.url, piece.text ?? piece.url);
  else if (piece.type === "user") node = mention(`@${name(piece.user_id, space)}`, piece.user_id === space.me);
  else if (piece.type === "channel") node = mention(`#${space.channels.find((c) => c.id === piece.channel_id)?.name ?? piece.channel_id}`);
  else if (piece.type === "emoji") node = document.createTextNode(EMOJI[piece.name] ?? `:${piece.name}:`);
  else node = document.createTextNode(piece.fallback ?? piece.text ?? "");
  for (const [key, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) if (style[key]) node = h(tag, null, node);
  return node;
}

export function rich(block, space) {
  return h("div", { class: "text rich" }, (block.elements ?? []).map((part) => {
    const pieces = (part.elements ?? []).map((piece) => part.type === "rich_text_list" ? h("li", null, (piece.elements ?? []).map((one) => richPiece(one, space))) : richPiece(piece, space));
    if (part.type === "rich_text_list") return h(part.style === "ordered" ? "ol" : "ul", null, pieces);
    if (part.type === "rich_text_quote") return h("blockquote", null, pieces);
    if (part.type === "rich_text_preformatted") return h("pre", { tabindex: "0" }, pieces);
    return h("div", { class: "line" }, pieces);
  }));
}
