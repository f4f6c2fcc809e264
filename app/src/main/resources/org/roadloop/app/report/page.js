// Language, theme, and what the drawings share. The summary stands in the page itself.
"use strict";
const summary = JSON.parse(document.getElementById("summary").textContent);
const root = document.documentElement;
const redraws = [];

const say = (text) => (root.dataset.lang === "zh" ? text.zh : text.en);
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const redraw = () => redraws.forEach((draw) => draw());

/** Settings outlive the visit where the browser allows it; file pages sometimes may not store. */
function remembered(key, value) {
  try {
    if (value !== undefined) localStorage.setItem("roadloop." + key, value);
    return localStorage.getItem("roadloop." + key);
  } catch {
    return null;
  }
}

function setLanguage(language) {
  root.dataset.lang = language;
  root.lang = language === "zh" ? "zh-CN" : "en";
}

const asked = new URLSearchParams(location.search);
setLanguage(asked.get("lang") || remembered("lang") || (/^zh\b/i.test(navigator.language) ? "zh" : "en"));
root.dataset.theme =
  asked.get("theme") || remembered("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

document.getElementById("language").addEventListener("click", () => {
  setLanguage(remembered("lang", root.dataset.lang === "zh" ? "en" : "zh") || (root.dataset.lang === "zh" ? "en" : "zh"));
  redraw();
});
document.getElementById("theme").addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  remembered("theme", root.dataset.theme);
  redraw();
});

/** Paper is white. */
let onScreen = null;
addEventListener("beforeprint", () => {
  onScreen = root.dataset.theme;
  root.dataset.theme = "light";
  redraw();
});
addEventListener("afterprint", () => {
  root.dataset.theme = onScreen;
  redraw();
});

/** Draws again when the place that is drawn into gets another width. */
function onResize(place, draw) {
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
}

/** Same rules as the numbers in the tables: comma for thousands, about three digits. */
function show(value) {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function html(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Round values from min to max, about `count` of them. */
function ticks(min, max, count) {
  const rough = (max - min || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const list = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) list.push(Number((k * step).toPrecision(12)));
  return list;
}

/** Slow to fast; told apart also without colour vision by their lightness. */
function speedColour(speedKmh, most) {
  const stops =
    root.dataset.theme === "dark"
      ? [[214, 62, 84], [243, 148, 80], [250, 219, 120], [112, 208, 168], [84, 160, 240]]
      : [[158, 20, 60], [214, 96, 34], [196, 158, 20], [34, 140, 110], [28, 82, 170]];
  const at = Math.min(0.9999, Math.max(0, speedKmh / most)) * (stops.length - 1);
  const [from, to, part] = [stops[Math.floor(at)], stops[Math.floor(at) + 1], at % 1];
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * part)).join(",")})`;
}
