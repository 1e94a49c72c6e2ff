// The data_visualization block as SVG: bar, line, area, pie. The numbers stand in a table for who cannot see it.

import { h, s } from "./dom.js";

const SIGN = /^[^\p{L}\p{N}\s]/u;
const HEIGHT = 240, LEFT = 52, RIGHT = 12, TOP = 10, BOTTOM = 30;
// As wide as it will stand, so that its letters keep their size on a phone.
const room = () => (matchMedia("(max-width: 760px)").matches ? Math.min(innerWidth - 100, 560) : 560);
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });
const full = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 });

// Round steps that cover the values, zero among them for bars and areas.
function ticks(low, high) {
  if (low === high) high = low + 1;
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const out = [];
  for (let at = Math.floor(low / step); at <= Math.ceil(high / step - 1e-9); at += 1) out.push(at * step);
  return out;
}

function numbers(title, head, rows) {
  return h("table", { class: "unseen" }, h("caption", null, title), h("tr", null, head.map((one) => h("th", null, one))),
    rows.map((row) => h("tr", null, row.map((one) => h("td", null, typeof one === "number" ? full.format(one) : one)))));
}

function legend(names) {
  return names.length > 1 && h("ul", { class: "legend" }, names.map((one, at) => h("li", null, h("i", { class: `series-${at}` }), one)));
}

function axes(chart) {
  const { series, axis_config: axis } = chart;
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const zero = chart.type !== "line" || Math.min(...values) < Math.max(...values) * 0.5;
  const marks = ticks(Math.min(...values, ...(zero ? [0] : [])), Math.max(...values, ...(zero ? [0] : [])));
  const [low, high] = [marks[0], marks.at(-1)];
  const width = room();
  const inner = width - LEFT - RIGHT, tall = HEIGHT - TOP - BOTTOM;
  const band = inner / axis.categories.length;
  const y = (value) => TOP + tall * (1 - (value - low) / (high - low));
  const x = (at) => LEFT + band * (at + 0.5);
  const every = Math.ceil(axis.categories.length / Math.min(8, Math.floor(inner / 84)));
  return { y, x, band, width, base: y(Math.max(low, Math.min(high, 0))), grid: [
    ...marks.map((mark) => s("g", { class: "grid" }, s("line", { x1: LEFT, x2: width - RIGHT, y1: y(mark), y2: y(mark) }),
      s("text", { x: LEFT - 8, y: y(mark) + 4, "text-anchor": "end" }, short.format(mark)))),
    // A label that there is no room for leaves its sign, if it begins with one, on the axis.
    ...axis.categories.map((category, at) => at % every !== 0 && SIGN.test(category) && s("text", { class: "category", x: x(at), y: HEIGHT - BOTTOM - 4, "text-anchor": "middle" }, category.match(SIGN)[0])),
    ...axis.categories.map((category, at) => at % every === 0 && s("text", { class: "category", x: x(at), y: HEIGHT - 10, "text-anchor": "middle" },
      category.length * 6.4 > band * every ? `${category.slice(0, Math.max(2, Math.floor((band * every) / 6.4) - 1))}…` : category)),
  ] };
}

const point = (series, data) => s("title", null, `${series.name}, ${data.label}: ${full.format(data.value)}`);

function bars(chart, { x, y, band, base }) {
  const wide = Math.min((band * 0.7) / chart.series.length, 48);
  return chart.series.flatMap((series, row) => series.data.map((data, at) => {
    const from = x(at) - (wide * chart.series.length) / 2 + row * wide;
    return s("rect", { class: `series-${row}`, x: from + 1, width: Math.max(wide - 2, 1), y: Math.min(y(data.value), base), height: Math.max(Math.abs(y(data.value) - base), 1), rx: 2 }, point(series, data));
  }));
}

function curves(chart, { x, y, base }, filled) {
  return chart.series.flatMap((series, row) => {
    const path = series.data.map((data, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(data.value).toFixed(1)}`).join("");
    return [
      filled && s("path", { class: `series-${row} fill`, d: `${path}L${x(series.data.length - 1)} ${base}L${x(0)} ${base}Z` }),
      s("path", { class: `series-${row} stroke`, d: path }),
      ...series.data.map((data, at) => s("circle", { class: `series-${row}`, cx: x(at), cy: y(data.value), r: 3.5 }, point(series, data))),
    ].filter(Boolean);
  });
}

function pie(segments) {
  const sum = segments.reduce((total, one) => total + one.value, 0);
  const at = (share) => `${(100 + 90 * Math.sin(2 * Math.PI * share)).toFixed(2)} ${(100 - 90 * Math.cos(2 * Math.PI * share)).toFixed(2)}`;
  let from = 0;
  const slices = segments.map((one, number) => {
    const to = from + one.value / sum;
    const title = s("title", null, `${one.label}: ${full.format(one.value)}`);
    const slice = segments.length === 1
      ? s("circle", { class: `series-${number}`, cx: 100, cy: 100, r: 90 }, title)
      : s("path", { class: `series-${number} slice`, d: `M100 100L${at(from)}A90 90 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z` }, title);
    from = to;
    return slice;
  });
  return h("div", { class: "pie" }, s("svg", { viewBox: "0 0 200 200", role: "img" }, slices),
    h("ul", { class: "legend" }, segments.map((one, number) => h("li", null, h("i", { class: `series-${number}` }), `${one.label}: ${full.format(one.value)} (${Math.round((100 * one.value) / sum)}%)`))));
}

export function chart(block) {
  const { chart: shown, title } = block;
  if (shown.type === "pie") {
    return h("figure", { class: "chart" }, h("figcaption", null, title), pie(shown.segments),
      numbers(title, ["", ""], shown.segments.map((one) => [one.label, one.value])));
  }
  const frame = axes(shown);
  const marks = shown.type === "bar" ? bars(shown, frame) : curves(shown, frame, shown.type === "area");
  const { x_label: across, y_label: up } = shown.axis_config;
  return h("figure", { class: "chart" }, h("figcaption", null, title, up && h("small", null, up)),
    s("svg", { viewBox: `0 0 ${frame.width} ${HEIGHT}`, role: "img", "aria-label": title }, ...frame.grid.filter(Boolean), ...marks),
    across && h("div", { class: "across" }, across), legend(shown.series.map((one) => one.name)),
    numbers(title, ["", ...shown.series.map((one) => one.name)], shown.axis_config.categories.map((category, at) => [category, ...shown.series.map((one) => one.data[at]?.value ?? "")])));
}
