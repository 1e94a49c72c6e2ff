// The sidebar: who you are, and where you can go.

import { avatar, h, icon } from "./dom.js";

export const title = (channel, space) =>
  channel.kind === "im" ? space.people[channel.members.find((id) => id !== space.me)]?.name ?? "You" : channel.name;

const sign = (channel, space) =>
  channel.kind === "im" ? avatar(title(channel, space), channel.members.includes(space.app.user) ? space.app.colour : undefined) : icon(channel.kind === "private" ? "lock" : "hash");

export function sidebar(node, space, { at, go, become, unread }) {
  const entry = (channel) => h("li", null, h("button", { type: "button", class: `entry${unread(channel) ? " unread" : ""}`, "aria-current": channel.id === at ? "page" : undefined, onclick: () => go(channel.id) },
    sign(channel, space), h("span", null, title(channel, space)), channel.external && h("small", { class: "badge" }, "shared"), unread(channel) && h("span", { class: "unseen" }, " (unread)")));
  const groups = [
    ["Channels", space.channels.filter((one) => one.kind === "public" || one.kind === "private")],
    ["Direct messages", space.channels.filter((one) => one.kind === "im" || one.kind === "mpim")],
  ];
  const focused = node.contains(document.activeElement) ? [...node.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  node.replaceChildren(
    h("header", { class: "workspace" }, h("strong", null, "Playground"), h("small", null, "a Slack on this machine")),
    h("div", { class: "lists" }, groups.filter(([, list]) => list.length).map(([name, list]) => h("section", null, h("h2", null, name), h("ul", null, list.map(entry))))),
    h("section", { class: "accounts", "aria-label": "Who you are" }, h("h2", null, "You are"), h("ul", null, space.accounts.map((id) => {
      const one = space.people[id];
      return h("li", null, h("button", { type: "button", class: "account", "aria-pressed": String(id === space.me), onclick: () => become(id) }, avatar(one.name), h("span", null, one.name, h("small", null, one.title)), id === space.me && icon("check")));
    }))));
  if (focused >= 0) node.querySelectorAll("button")[focused]?.focus();
}
