// Lines over time and bars of distributions, with a readout under the pointer.
"use strict";
const HUES = ["--c0", "--c4", "--c1", "--c2", "--c3", "--c5"];

/** Axes and the way from numbers to places inside a box of width × height. */
function axes(picture, { width, height, minX, maxX, minY, maxY, xLabel, yLabel, xMarks = 6, yMarks = 4 }) {
  const [left, right, top, bottom] = [46, 10, 18, xLabel ? 34 : 20];
  const toX = (x) => left + ((x - minX) / (maxX - minX || 1)) * (width - left - right);
  const toY = (y) => height - bottom - ((y - minY) / (maxY - minY || 1)) * (height - top - bottom);
  for (const y of ticks(minY, maxY, yMarks)) {
    picture.append(
      svg("line", { class: "axis", x1: left, x2: width - right, y1: toY(y), y2: toY(y) }),
      svg("text", { class: "tick", x: left - 6, y: toY(y) + 4, "text-anchor": "end" }, show(y)),
    );
  }
  for (const x of ticks(minX, maxX, xMarks)) {
    picture.append(svg("text", { class: "tick", x: toX(x), y: height - bottom + 15, "text-anchor": "middle" }, show(x)));
  }
  picture.append(svg("text", { class: "unit-label", x: 0, y: 10 }, yLabel));
  if (xLabel) picture.append(svg("text", { class: "unit-label", x: width - right, y: height - 4, "text-anchor": "end" }, xLabel));
  return { toX, toY, left, right, top, bottom };
}

(() => {
  function draw(figure) {
    const chart = summary.charts[Number(figure.dataset.chart)];
    const place = figure.querySelector(".plot");
    const [width, height] = [Math.max(240, place.clientWidth), 230];
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say(chart.title) });
    const xs = chart.series.flatMap((s) => s.x);
    const ys = chart.series.flatMap((s) => s.y);
    place.replaceChildren(picture);
    if (!xs.length) return;
    const bars = chart.kind === "BARS";
    const first = chart.series[0].x;
    const last = first.length > 1 ? first[first.length - 1] - first[first.length - 2] : 1;
    const lowest = ys.reduce((a, b) => Math.min(a, b), Infinity);
    const highest = ys.reduce((a, b) => Math.max(a, b), -Infinity);
    const fromZero = bars || lowest < highest * 0.4;
    const space = {
      width, height,
      minX: xs.reduce((a, b) => Math.min(a, b), Infinity),
      maxX: xs.reduce((a, b) => Math.max(a, b), -Infinity) + (bars ? last : 0),
      minY: fromZero ? Math.min(0, lowest) : lowest - (highest - lowest) * 0.1,
      maxY: highest + (highest - lowest || 1) * 0.06,
      xLabel: say(chart.xLabel), yLabel: say(chart.yLabel),
    };
    const at = axes(picture, space);
    chart.series.forEach((series, i) => (bars ? drawBars : drawLine)(picture, series, at, `var(${HUES[i % HUES.length]})`, last));
    if (chart.series.length > 1) key(picture, chart.series, width);
    readout(picture, chart, at, space);
  }

  function drawLine(picture, series, at, hue) {
    const path = series.x.map((x, i) => `${i ? "L" : "M"}${at.toX(x).toFixed(1)} ${at.toY(series.y[i]).toFixed(1)}`).join("");
    picture.append(svg("path", { class: "line", d: path, stroke: hue }));
  }

  function drawBars(picture, series, at, hue, last) {
    series.x.forEach((x, i) => {
      const next = i + 1 < series.x.length ? series.x[i + 1] : x + last;
      const y = at.toY(series.y[i]);
      picture.append(svg("rect", { x: at.toX(x) + 0.75, y, width: Math.max(1, at.toX(next) - at.toX(x) - 1.5), height: at.toY(0) - y, fill: hue }));
    });
  }

  function key(picture, list, width) {
    let x = width - 10;
    [...list.entries()].reverse().forEach(([i, series]) => {
      const words = svg("text", { class: "key", x, y: 10, "text-anchor": "end" }, say(series.label));
      picture.append(words);
      x -= words.getComputedTextLength() + 6;
      picture.append(svg("line", { x1: x - 12, x2: x, y1: 6, y2: 6, stroke: `var(${HUES[i % HUES.length]})`, "stroke-width": 3 }));
      x -= 24;
    });
  }

  function readout(picture, chart, at, space) {
    const group = svg("g", { visibility: "hidden" });
    picture.append(group);
    picture.addEventListener("pointerleave", () => group.setAttribute("visibility", "hidden"));
    picture.addEventListener("pointermove", (event) => {
      const rect = picture.getBoundingClientRect();
      const px = ((event.clientX - rect.left) / rect.width) * space.width;
      const wanted = space.minX + ((px - at.left) / (space.width - at.left - at.right)) * (space.maxX - space.minX);
      group.replaceChildren();
      let cursor = null;
      chart.series.forEach((series) => {
        let k = series.x.findIndex((x) => x > wanted);
        k = Math.max(0, (k < 0 ? series.x.length : k) - 1);
        if (!series.x.length) return;
        const [x, y] = [at.toX(series.x[k]), at.toY(series.y[k])];
        cursor = x;
        group.append(
          svg("text", { class: "readout", x: x + (x > space.width * 0.75 ? -8 : 8), y: y - 6, "text-anchor": x > space.width * 0.75 ? "end" : "start" }, `${show(series.x[k])}: ${show(series.y[k])}`),
        );
      });
      if (cursor !== null) group.prepend(svg("line", { class: "cursor", x1: cursor, x2: cursor, y1: at.top, y2: space.height - at.bottom }));
      group.setAttribute("visibility", "visible");
    });
  }

  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  redraws.push(all);
  all();
  const one = document.querySelector("[data-chart] .plot");
  if (one) onResize(one, all);
})();
