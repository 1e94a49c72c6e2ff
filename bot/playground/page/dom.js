// Making elements: text goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const PATHS = {
  hash: "M6 2 4.5 14M11.5 2 10 14M2.5 5.5h11.5M2 10.5h11.5",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  back: "M10 3 5 8l5 5",
  close: "m4 4 8 8M12 4l-8 8",
  send: "M2.5 13.5 14 8 2.5 2.5 4.5 8zM4.5 8H9",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  file: "M4 1.5h5l3 3v10H4zM9 1.5v3h3",
  thread: "M3 3h10v7H7.5L5 12.5V10H3z",
  check: "m3.5 8.5 3 3 6-7",
  clip: "m13 7.5-5 5a3 3 0 0 1-4.3-4.3l5.6-5.6a2 2 0 0 1 2.9 2.9l-5.5 5.5a1 1 0 0 1-1.5-1.5l4.8-4.8",
  at: "M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0v1a1.7 1.7 0 0 0 3.2.8A6 6 0 1 0 11 13.2",
};

export const icon = (name) =>
  s("svg", { viewBox: "0 0 16 16", class: `icon icon-${name}`, "aria-hidden": "true" }, s("path", { d: PATHS[name] }));

// A person's or an app's square: initials on a colour of their own.
export function avatar(name, colour) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  const initials = name.split(/\s+/).slice(0, 2).map((word) => word[0]).join("");
  return h("span", { class: "avatar", style: `background:${colour ?? `hsl(${sum} 42% 42%)`}`, "aria-hidden": "true" }, initials);
}

export const timeOf = (ts) =>
  new Date(Number(ts.split(".")[0]) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
