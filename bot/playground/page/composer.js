// The message field: enter sends, a slash offers the commands, an at sign the people.

import { h, icon } from "./dom.js";

const drafts = new Map();
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// "@Name" becomes the mention that Slack sends; longer names go first.
export function coded(text, people) {
  const names = Object.entries(people).sort(([, a], [, b]) => b.name.length - a.name.length);
  return names.reduce((out, [id, one]) => out.replaceAll(`@${escaped(one.name)}`, `<@${id}>`), escaped(text));
}

function offers(text, at, space) {
  const before = text.slice(0, at);
  if (/^\/\S*$/.test(before)) {
    return space.app.commands.filter((one) => one.command.startsWith(before)).map((one) => ({ from: 0, put: `${one.command} `, shown: one.command, about: [one.hint, one.about].filter(Boolean).join(" — ") }));
  }
  const found = before.match(/(?:^|\s)@([\p{L}\w]*)$/u);
  if (!found) return [];
  return Object.values(space.people).filter((one) => one.name.toLowerCase().startsWith(found[1].toLowerCase()))
    .map((one) => ({ from: at - found[1].length - 1, put: `@${one.name} `, shown: `@${one.name}`, about: one.bot ? "App" : one.title }));
}

// `attach` takes a chosen file, where files may be shared.
export function composer({ id, key, hint, space, send, attach }) {
  const list = h("ul", { class: "offers", id: `${id}-offers`, role: "listbox", hidden: true });
  let open = [], chosen = 0;
  const field = h("textarea", { id, rows: 1, placeholder: hint, "aria-label": hint, "aria-controls": list.id, autocomplete: "off", spellcheck: "true" });
  field.value = drafts.get(key) ?? "";
  const grow = () => { field.style.height = "auto"; field.style.height = `${Math.min(field.scrollHeight, 180)}px`; };
  const take = (offer) => {
    field.setRangeText(offer.put, offer.from, field.selectionStart, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
  };
  const drawOffers = () => {
    list.hidden = open.length === 0;
    list.replaceChildren(...open.map((offer, at) => h("li", { role: "option", "aria-selected": String(at === chosen), onmousedown: (event) => { event.preventDefault(); take(offer); } }, h("strong", null, offer.shown), " ", h("span", null, offer.about))));
  };
  const submit = () => {
    const text = field.value.trim();
    if (!text) return;
    send(text).then((sent) => {
      if (!sent) return;
      field.value = "";
      drafts.delete(key);
      open = [];
      drawOffers();
      grow();
      button.disabled = true;
    });
  };
  field.addEventListener("input", () => {
    drafts.set(key, field.value);
    open = offers(field.value, field.selectionStart, space());
    chosen = 0;
    drawOffers();
    grow();
    button.disabled = !field.value.trim();
  });
  field.addEventListener("blur", () => { open = []; drawOffers(); });
  field.addEventListener("keydown", (event) => {
    const picks = open.length && !(open.length === 1 && open[0].put.trim() === field.value.trim());
    if (picks && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + open.length) % open.length;
      drawOffers();
    } else if (picks && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
      event.preventDefault();
      take(open[chosen]);
    } else if (open.length && event.key === "Escape") {
      event.stopPropagation();
      open = [];
      drawOffers();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  const mention = h("button", { type: "button", class: "button square ghost", "aria-label": `Mention ${space().app.name}`, title: `Mention ${space().app.name}`, onclick: () => {
    const lead = field.value && !/\s$/.test(field.value) ? " " : "";
    take({ from: field.selectionStart, put: `${lead}@${space().app.name} ` });
  } }, icon("at"));
  const picker = attach && h("input", { type: "file", hidden: true, tabindex: -1, accept: ".csv,.tsv,.parquet,.pdf,.docx,.md,.txt,.html", onchange: () => { if (picker.files[0]) attach(picker.files[0]); picker.value = ""; } });
  const clip = attach && h("button", { type: "button", class: "button square ghost", "aria-label": "Attach a file", title: "Attach a file, or drop one here", onclick: () => picker.click() }, icon("clip"));
  const button = h("button", { type: "submit", class: "button square send", "aria-label": "Send", disabled: !field.value.trim() }, icon("send"));
  const form = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); submit(); } }, list, field, h("div", { class: "composer-row" }, mention, clip, picker, h("span", { class: "keys" }, "Enter sends, Shift + Enter breaks the line"), button));
  requestAnimationFrame(grow);
  return form;
}
