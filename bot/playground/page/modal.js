// The stack of modals a person has open; the topmost is shown.

import { blocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { label } from "./text.js";

const forms = new Map(); // view id → block id → action id → what was typed or chosen
let shown = "";

export function place(view, space, act) {
  if (!forms.has(view.id)) forms.set(view.id, {});
  const values = forms.get(view.id);
  return {
    space,
    unfolded: true,
    wrong: view.wrong ?? {},
    press: (path, chosen) => act({ do: "press", view: view.id, path, chosen, values }),
    of(block) {
      const inInput = block.type === "input";
      return {
        ...this,
        dispatches: !inInput || block.dispatch_action === true,
        keep: (element, chosen) => {
          (values[block.block_id] ??= {})[element.action_id ?? "a1"] = { type: element.type, ...chosen };
        },
        kept: (element) => values[block.block_id]?.[element.action_id ?? "a1"],
      };
    },
  };
}

export function modals(views, space, act) {
  const view = views.at(-1);
  let box = document.querySelector("dialog.view");
  const mark = view ? JSON.stringify([views.length, view]) : "";
  if (mark === shown) return;
  const before = shown && JSON.parse(shown)[1]?.id;
  shown = mark;
  for (const id of forms.keys()) if (!views.some((one) => one.id === id) && space.home?.id !== id) forms.delete(id);
  if (!view) {
    box?.close();
    box?.remove();
    return;
  }
  const close = () => act({ do: "close", view: view.id });
  if (!box) {
    box = h("dialog", { class: "modal view" });
    document.body.append(box);
  }
  box.oncancel = (event) => { event.preventDefault(); close(); };
  const send = (event) => {
    event.preventDefault();
    act({ do: "submit", view: view.id, values: forms.get(view.id) ?? {} });
  };
  const scrolled = before === view.id ? box.querySelector(".body")?.scrollTop ?? 0 : 0;
  box.setAttribute("aria-labelledby", "modal-title");
  box.replaceChildren(h("form", { method: "dialog", onsubmit: send },
    h("header", null, h("h2", { id: "modal-title" }, label(view.title)),
      h("button", { type: "button", class: "button square ghost", "aria-label": "Close", onclick: close }, icon("close"))),
    h("div", { class: "body", tabindex: "-1" }, blocks(view.blocks, place(view, space, act))),
    (view.close || view.submit) && h("footer", null,
      h("button", { type: "button", class: "button", onclick: close }, view.close ? label(view.close) : "Cancel"),
      view.submit && h("button", { type: "submit", class: "button primary", disabled: view.submit_disabled }, label(view.submit)))));
  if (!box.open) box.showModal();
  box.querySelector(".body").scrollTop = scrolled;
  (box.querySelector("[autofocus], .body .field, .body .select") ?? box.querySelector(".body")).focus({ preventScroll: true });
}
