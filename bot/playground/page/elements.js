// What can be pressed, chosen or typed inside blocks.

import { h, icon } from "./dom.js";
import { label, worded } from "./text.js";

const optionText = (option) => label(option.text);

// Asks first where the app wants that; the answer is a promise.
function confirmed(confirm, space) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (yes) => { box.close(); box.remove(); resolve(yes); };
    const box = h("dialog", { class: "modal small", oncancel: (event) => { event.preventDefault(); done(false); } },
      h("header", null, h("h2", null, label(confirm.title))), h("div", { class: "body" }, worded(confirm.text, space)),
      h("footer", null, h("button", { type: "button", class: "button", onclick: () => done(false) }, label(confirm.deny)),
        h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => done(true) }, label(confirm.confirm))));
    document.body.append(box);
    box.showModal();
  });
}

function uses(place, path, element, chosen, node) {
  return confirmed(element.confirm, place.space).then((yes) => {
    if (!yes) return null;
    node?.setAttribute("aria-busy", "true");
    return Promise.resolve(place.press(path, chosen)).finally(() => node?.removeAttribute("aria-busy"));
  });
}

function button(element, place, path) {
  const attributes = { class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label };
  if (element.url) {
    return h("a", { ...attributes, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: () => { place.press(path, {}); } }, label(element.text));
  }
  const node = h("button", { ...attributes, type: "button", onclick: () => uses(place, path, element, {}, node) }, label(element.text));
  return node;
}

export function closeMenus() {
  const open = document.querySelector(".menu[data-open]");
  if (!open) return false;
  open.removeAttribute("data-open");
  open.querySelector("button").setAttribute("aria-expanded", "false");
  open.querySelector("button").focus();
  return true;
}

function overflow(element, place, path) {
  const list = h("div", { class: "menu-list", role: "menu" }, element.options.map((option) => h("button", {
    type: "button", role: "menuitem", onclick: () => { closeMenus(); uses(place, path, element, { selected_option: option }, null); if (option.url) window.open(option.url, "_blank", "noopener"); },
  }, optionText(option), option.description && h("small", null, label(option.description)))));
  list.addEventListener("keydown", (event) => {
    const items = [...list.children], at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); items[(at + step + items.length) % items.length].focus(); }
  });
  const open = h("button", { type: "button", class: "button square", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More actions", onclick: () => {
    const closing = wrap.hasAttribute("data-open");
    closeMenus();
    if (closing) return;
    wrap.setAttribute("data-open", "");
    open.setAttribute("aria-expanded", "true");
    list.querySelector("button").focus();
  } }, icon("more"));
  const wrap = h("span", { class: "menu" }, open, list);
  return wrap;
}

// A menu of the browser's own: it works by keyboard and on a phone by itself.
function select(element, place, path, options, initial, asChosen) {
  const node = h("select", { class: "select", "aria-label": element.placeholder ? label(element.placeholder) : "Choose" },
    h("option", { value: "", disabled: true, selected: initial === undefined, hidden: true }, element.placeholder ? label(element.placeholder) : "Choose …"),
    options.map((one) => h("option", { value: one.value, selected: one.value === initial }, one.text)));
  node.addEventListener("change", () => {
    const chosen = asChosen(node.value);
    place.keep?.(element, chosen);
    if (place.dispatches) uses(place, path, element, chosen, node);
  });
  const kept = place.kept?.(element);
  if (kept) node.value = kept.selected_option?.value ?? kept.selected_user ?? kept.selected_channel ?? kept.selected_conversation ?? "";
  else if (initial !== undefined) place.keep?.(element, asChosen(initial));
  return node;
}

const ofOptions = (element) => (value) => ({ selected_option: element.options.find((one) => one.value === value) });
const asItems = (options) => options.map((one) => ({ value: one.value, text: optionText(one) }));
const peopleOf = (space) => Object.entries(space.people).map(([id, one]) => ({ value: id, text: one.name }));
const channelsOf = (space) => space.channels.filter((one) => one.kind !== "im").map((one) => ({ value: one.id, text: `#${one.name}` }));

function boxes(element, place, path, kind) {
  const one = kind === "radio";
  const start = one ? [element.initial_option].filter(Boolean) : (element.initial_options ?? []);
  const name = `${element.action_id ?? "choice"}-${Math.random().toString(36).slice(2)}`;
  const kept = place.kept?.(element);
  const on = new Set((kept ? (one ? [kept.selected_option].filter(Boolean) : kept.selected_options) : start).map((option) => option.value));
  const chosen = () => {
    const found = element.options.filter((option) => on.has(option.value));
    return one ? { selected_option: found[0] ?? null } : { selected_options: found };
  };
  place.keep?.(element, chosen());
  return h("div", { class: "choices", role: one ? "radiogroup" : "group" }, element.options.map((option) => h("label", null,
    h("input", { type: kind, name, checked: on.has(option.value), onchange: (event) => {
      if (one) on.clear();
      if (event.target.checked) on.add(option.value); else on.delete(option.value);
      place.keep?.(element, chosen());
      if (place.dispatches) uses(place, path, element, chosen(), null);
    } }),
    h("span", null, optionText(option), option.description && h("small", null, label(option.description))))));
}

function field(element, place, path, attributes, read) {
  const tag = element.multiline ? "textarea" : "input";
  const kept = place.kept?.(element)?.[read] ?? element.initial_value ?? element.initial_date ?? element.initial_time ?? "";
  const node = h(tag, { class: "field", placeholder: element.placeholder && label(element.placeholder), minlength: element.min_length, maxlength: element.max_length, rows: element.multiline ? 5 : undefined, autofocus: element.focus_on_load, ...attributes, value: kept });
  const chosen = () => ({ [read]: node.value === "" ? null : node.value });
  node.addEventListener("input", () => place.keep?.(element, chosen()));
  place.keep?.(element, chosen());
  if (place.dispatches) node.addEventListener("change", () => uses(place, path, element, chosen(), node));
  return node;
}

export function image(element) {
  const url = element.image_url ?? element.slack_file?.url ?? "";
  const node = h("img", { src: url, alt: element.alt_text, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(h("span", { class: "broken" }, `Image not available: ${element.alt_text}`)));
  return node;
}

function feedback(element, place, path) {
  return [["positive_button", "👍"], ["negative_button", "👎"]].map(([key, sign]) => {
    const one = element[key];
    const node = h("button", { type: "button", class: "button ghost", "aria-pressed": "false", title: label(one.text), "aria-label": one.accessibility_label ?? label(one.text), onclick: () => {
      node.parentElement.querySelectorAll("[aria-pressed]").forEach((other) => other.setAttribute("aria-pressed", "false"));
      node.setAttribute("aria-pressed", "true");
      uses(place, path, element, { text: one.text, value: one.value }, node);
    } }, sign);
    return node;
  });
}

// `place` is where the element stands: `press(path, chosen)`, `space`, and in forms `keep`, `kept`, `dispatches`.
const DRAWN = {
  button,
  overflow,
  image,
  static_select: (e, p, path) => select(e, p, path, asItems(e.options), e.initial_option?.value, ofOptions(e)),
  users_select: (e, p, path) => select(e, p, path, peopleOf(p.space), e.initial_user, (value) => ({ selected_user: value })),
  channels_select: (e, p, path) => select(e, p, path, channelsOf(p.space), e.initial_channel, (value) => ({ selected_channel: value })),
  conversations_select: (e, p, path) => select(e, p, path, [...channelsOf(p.space), ...peopleOf(p.space)], e.initial_conversation, (value) => ({ selected_conversation: value })),
  multi_static_select: (e, p, path) => boxes(e, p, path, "checkbox"),
  checkboxes: (e, p, path) => boxes(e, p, path, "checkbox"),
  radio_buttons: (e, p, path) => boxes(e, p, path, "radio"),
  datepicker: (e, p, path) => field(e, p, path, { type: "date" }, "selected_date"),
  timepicker: (e, p, path) => field(e, p, path, { type: "time" }, "selected_time"),
  plain_text_input: (e, p, path) => field(e, p, path, e.multiline ? {} : { type: "text" }, "value"),
  number_input: (e, p, path) => field(e, p, path, { type: "number", step: e.is_decimal_allowed ? "any" : "1" }, "value"),
  feedback_buttons: feedback,
  icon_button: (e, p, path) => h("button", { type: "button", class: "button ghost", title: label(e.text), onclick: () => uses(p, path, e, {}, null) }, "🗑"),
  plain_text: (e, p) => worded(e, p.space),
  mrkdwn: (e, p) => worded(e, p.space),
};

export function element(one, place, path) {
  return DRAWN[one.type]?.(one, place, path) ?? h("span", { class: "unknown" }, `(${one.type}: not drawn here)`);
}
