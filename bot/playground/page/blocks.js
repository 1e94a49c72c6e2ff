// Blocks: each type has one function that draws it.

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { element, image } from "./elements.js";
import { label, markdown, mrkdwn, rich, worded } from "./text.js";

const LONG = 700;

// A long text is folded, as Slack folds it.
function folded(block, place) {
  const text = worded(block.text, place.space);
  if (block.expand || block.text.text.length < LONG || place.unfolded) return text;
  const wrap = h("div", { class: "folded" }, text);
  const more = h("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => {
    const open = wrap.classList.toggle("open");
    more.textContent = open ? "Show less" : "Show more";
    more.setAttribute("aria-expanded", String(open));
  } }, "Show more");
  return [wrap, more];
}

function section(block, place, path) {
  return h("div", { class: "section" },
    h("div", { class: "section-text" }, block.text && folded(block, place),
      block.fields && h("div", { class: "fields" }, block.fields.map((one) => worded(one, place.space)))),
    block.accessory && h("div", { class: block.accessory.type === "image" ? "accessory image" : "accessory" }, element(block.accessory, place, [...path, "accessory"])));
}

const row = (name) => (block, place, path) =>
  h("div", { class: name }, block.elements.map((one, at) => element(one, place, [...path, "elements", at])));

function cell(one, place) {
  if (one.type === "rich_text") return rich(one, place.space);
  return one.type === "raw_number" ? (one.text ?? String(one.value)) : one.text;
}

const numeric = (one) => (one.type === "raw_number" ? Number(one.value) : Number(String(one.text ?? "").replace(/[^\d.-]/g, "")));

function table(block, place) {
  const style = (at) => {
    const setting = block.column_settings?.[at] ?? {};
    return `text-align:${setting.align ?? "left"}${setting.is_wrapped ? "" : ";white-space:nowrap"}`;
  };
  const [head, ...rows] = block.rows;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", null,
    h("thead", null, h("tr", null, head.map((one, at) => h("th", { scope: "col", style: style(at) }, cell(one, place))))),
    h("tbody", null, rows.map((line) => h("tr", null, line.map((one, at) => h("td", { style: style(at) }, cell(one, place))))))));
}

function dataTable(block, place) {
  const size = block.page_size ?? 5;
  const [head, ...rows] = block.rows;
  const wrap = h("div", { class: "data-table" });
  let page = 0, by = -1, down = false;
  const draw = () => {
    const sorted = by < 0 ? rows : [...rows].sort((a, b) => {
      const [x, y] = [numeric(a[by]), numeric(b[by])];
      const order = Number.isNaN(x) || Number.isNaN(y) ? String(a[by].text).localeCompare(String(b[by].text)) : x - y;
      return down ? -order : order;
    });
    const pages = Math.ceil(rows.length / size);
    wrap.replaceChildren(
      h("div", { class: "scroll", tabindex: "0" }, h("table", null, h("caption", null, block.caption),
        h("thead", null, h("tr", null, head.map((one, at) => h("th", { scope: "col", "aria-sort": at === by ? (down ? "descending" : "ascending") : "none" },
          h("button", { type: "button", onclick: () => { down = at === by && !down; by = at; draw(); } }, cell(one, place), at === by ? (down ? " ↓" : " ↑") : ""))))),
        h("tbody", null, sorted.slice(page * size, (page + 1) * size).map((line) => h("tr", null, line.map((one) => h("td", { class: one.type === "raw_number" ? "number" : "" }, cell(one, place)))))))),
      pages > 1 ? h("div", { class: "pages" },
        h("button", { type: "button", class: "button ghost", disabled: page === 0, onclick: () => { page -= 1; draw(); } }, "Previous"),
        `${page + 1} of ${pages}`,
        h("button", { type: "button", class: "button ghost", disabled: page === pages - 1, onclick: () => { page += 1; draw(); } }, "Next")) : "");
  };
  draw();
  return wrap;
}

const STATES = { pending: "waiting", in_progress: "at work", complete: "done", error: "failed" };

function task(block, place) {
  return h("div", { class: `task task-${block.status ?? "pending"}` },
    h("span", { class: "task-sign", role: "img", "aria-label": STATES[block.status ?? "pending"] }),
    h("div", null, h("div", { class: "task-title" }, block.title), block.details && rich(block.details, place.space), block.output && rich(block.output, place.space),
      block.sources?.length ? h("div", { class: "task-sources" }, block.sources.map((one) => h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.text ?? one.url))) : null));
}

function card(block, place, path) {
  return h("article", { class: "card" }, block.hero_image && image(block.hero_image), block.title && h("h4", null, worded(block.title, place.space)),
    block.subtitle && h("div", { class: "subtitle" }, worded(block.subtitle, place.space)), block.body && worded(block.body, place.space),
    block.actions && h("div", { class: "actions" }, block.actions.map((one, at) => element(one, place, [...path, "actions", at]))));
}

function container(block, place, path) {
  const inside = h("div", { class: "container-body" }, block.child_blocks.map((one, at) => draw(one, place, [...path, "child_blocks", at])));
  const title = block.title ? label(block.title) : block.rich_text_title ? rich(block.rich_text_title, place.space) : "";
  if (block.is_collapsible) return h("details", { class: "container", open: !block.default_collapsed }, h("summary", null, title), inside);
  return h("section", { class: "container" }, title && h("h4", null, title), block.subtitle && worded(block.subtitle, place.space), inside);
}

let fields = 0;
function input(block, place, path) {
  const id = `field-${(fields += 1)}`;
  const inside = element(block.element, place.of ? place.of(block) : place, [...path, "element"]);
  const wrong = place.wrong?.[block.block_id];
  inside.id = id;
  if (wrong) { inside.setAttribute("aria-invalid", "true"); inside.setAttribute("aria-describedby", `${id}-wrong`); }
  return h("div", { class: "input" }, h("label", { for: id }, label(block.label), block.optional && h("small", null, " (optional)")), inside,
    wrong && h("p", { class: "wrong", id: `${id}-wrong` }, wrong), block.hint && h("p", { class: "hint" }, label(block.hint)));
}

const DRAWN = {
  section,
  header: (block) => h("h3", { class: "header" }, label(block.text)),
  divider: () => h("hr"),
  context: row("context"),
  actions: row("actions"),
  context_actions: row("actions feedback"),
  markdown: (block) => markdown(block.text),
  table,
  data_table: dataTable,
  data_visualization: chart,
  image: (block) => h("figure", { class: "image" }, block.title && h("figcaption", null, label(block.title)), image(block)),
  rich_text: (block, place) => rich(block, place.space),
  task_card: task,
  plan: (block, place) => h("div", { class: "plan" }, h("h4", null, block.title), (block.tasks ?? []).map((one) => task(one, place))),
  card,
  carousel: (block, place, path) => h("div", { class: "carousel", tabindex: "0" }, block.elements.map((one, at) => card(one, place, [...path, "elements", at]))),
  container,
  alert: (block, place) => h("div", { class: `alert alert-${block.level ?? "default"}`, role: "note" }, worded(block.text, place.space)),
  input,
};

function draw(block, place, path) {
  const inside = place.of ? place.of(block) : place;
  return DRAWN[block.type]?.(block, inside, path) ?? h("p", { class: "unknown" }, `(${block.type}: not drawn here)`);
}

export const blocks = (list, place) => h("div", { class: "blocks" }, list.map((block, at) => draw(block, place, ["blocks", at])));

export const body = (message, place) =>
  message.blocks?.length ? blocks(message.blocks, place) : mrkdwn(message.text ?? "", place.space);
