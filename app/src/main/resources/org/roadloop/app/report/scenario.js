// One scenario at a time: from above, and its distances and speeds second by second.
"use strict";
(() => {
  const place = document.getElementById("scenario-view");
  const plots = summary.apply ? summary.apply.plots : [];
  if (!place || !plots.length) return;
  const buttons = [...document.querySelectorAll(".pick")];
  const EGO = "var(--c0)";
  const OTHER = "var(--c4)";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let width = 720; // of the drawings, in their own units: that of the page, so that words keep their size
  let chosen = 0;
  let moment = 0;
  let playing = null;
  let showMoment = () => {};

  const least = (list, of) => list.reduce((a, m) => Math.min(a, of(m) ?? Infinity), Infinity);
  const most = (list, of) => list.reduce((a, m) => Math.max(a, of(m) ?? -Infinity), -Infinity);

  /** The moment to open with: where it was closest. */
  function worst(trace) {
    const by = trace.some((m) => m.ttcSeconds != null) ? "ttcSeconds" : "gapMetres";
    let at = 0;
    trace.forEach((m, i) => { if ((m[by] ?? Infinity) < (trace[at][by] ?? Infinity)) at = i; });
    return at;
  }

  function choose(i) {
    stop();
    chosen = i;
    moment = worst(plots[i].trace);
    draw();
  }

  function stop() {
    if (playing) cancelAnimationFrame(playing);
    playing = null;
  }

  function draw() {
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(i === chosen)));
    width = Math.max(300, place.clientWidth);
    const plot = plots[chosen];
    const trace = plot.trace;
    if (!trace.length) { place.replaceChildren(say({ en: "no trace", zh: "无轨迹" })); return; }
    const above = fromAbove(trace);
    const times = overTime(trace);
    const now = html("p", { class: "now" });
    const slider = html("input", { type: "range", min: 0, max: trace.length - 1, step: 1, "aria-label": "time · 时刻" });
    const output = html("output", {});
    const button = html("button", { type: "button" }, say({ en: "▶ Play", zh: "▶ 播放" }));
    place.replaceChildren(
      above.picture,
      html("div", { class: "playbar" }, button, slider, output),
      now,
      times.picture,
    );
    times.key();
    showMoment = () => {
      const m = trace[moment];
      slider.value = moment;
      output.textContent = show(m.atSeconds) + " s";
      above.at(m);
      times.at(m);
      now.replaceChildren(...words(m));
    };
    slider.addEventListener("input", () => { stop(); moment = Number(slider.value); showMoment(); });
    button.addEventListener("click", () => play(trace));
    showMoment();
    place.dataset.drawn = plot.id;
  }

  function words(m) {
    const parts = [
      [{ en: "TTC", zh: "TTC" }, m.ttcSeconds, "s"],
      [{ en: "gap", zh: "间距" }, m.gapMetres, "m"],
      [{ en: "ego", zh: "自车" }, m.egoSpeedKmh, "km/h"],
      [{ en: "other", zh: "他车" }, m.otherSpeedKmh, "km/h"],
    ];
    return parts.map(([label, value, unit]) => html("span", {}, say(label) + " ", html("b", {}, value == null ? "–" : `${show(value)} ${unit}`)));
  }

  function play(trace) {
    stop();
    if (moment >= trace.length - 1) moment = 0;
    if (still) { moment = trace.length - 1; showMoment(); return; }
    const began = performance.now() - (trace[moment].atSeconds - trace[0].atSeconds) * 1000;
    const step = (time) => {
      while (moment < trace.length - 1 && (trace[moment].atSeconds - trace[0].atSeconds) * 1000 < time - began) moment++;
      showMoment();
      playing = moment < trace.length - 1 ? requestAnimationFrame(step) : null;
    };
    playing = requestAnimationFrame(step);
  }

  /** The street turned so that ego drives to the right. */
  function fromAbove(trace) {
    const first = trace[0];
    const end = trace[trace.length - 1];
    const turn = -Math.atan2(end.egoYMetres - first.egoYMetres, end.egoXMetres - first.egoXMetres);
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const along = (x, y) => [
      (x - first.egoXMetres) * cos - (y - first.egoYMetres) * sin,
      (x - first.egoXMetres) * sin + (y - first.egoYMetres) * cos,
    ];
    const ego = (m) => along(m.egoXMetres, m.egoYMetres);
    const other = (m) => (m.otherXMetres == null ? null : along(m.otherXMetres, m.otherYMetres));
    const all = trace.flatMap((m) => [ego(m), other(m)]).filter(Boolean);
    const minX = Math.min(...all.map((p) => p[0])) - 6;
    const maxX = Math.max(...all.map((p) => p[0])) + 6;
    const minY = Math.min(-4, ...all.map((p) => p[1] - 3));
    const maxY = Math.max(4, ...all.map((p) => p[1] + 3));
    const scale = Math.min(width / (maxX - minX), 26);
    const height = Math.max(74, Math.min(330, (maxY - minY) * scale));
    const across = Math.min(scale, height / (maxY - minY));
    const wide = (width - (maxX - minX) * across) / 2;
    const toX = (p) => wide + (p[0] - minX) * across;
    const toY = (p) => height / 2 - (p[1] - (minY + maxY) / 2) * across;
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height.toFixed(0)}`, role: "img", "aria-label": "from above · 俯视图" });
    picture.append(svg("rect", { class: "asphalt", width: width, height, rx: 8 }));
    const line = (of, hue) => {
      const points = trace.map(of).filter(Boolean);
      if (points.length) picture.append(svg("polyline", { class: "trail", stroke: hue, points: points.map((p) => `${toX(p).toFixed(1)},${toY(p).toFixed(1)}`).join(" ") }));
    };
    line(ego, EGO);
    line(other, OTHER);
    const size = Math.max(across, 3.2); // a car is drawn at least 15 units long
    const car = (hue) => svg("g", {}, svg("rect", { x: -2.3 * size, y: -0.95 * size, width: 4.6 * size, height: 1.9 * size, rx: 0.5 * size, fill: hue }), svg("rect", { x: 0.3 * size, y: -0.7 * size, width: 0.9 * size, height: 1.4 * size, rx: 0.2 * size, fill: "var(--panel)", opacity: 0.7 }));
    const cars = [car(EGO), car(OTHER)];
    picture.append(...cars);
    const heading = (of, i) => {
      const [a, b] = [of(trace[Math.max(0, i - 3)]), of(trace[Math.min(trace.length - 1, i + 3)])];
      if (!a || !b || Math.hypot(b[0] - a[0], b[1] - a[1]) < 0.3) return null;
      return (-Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI;
    };
    const headings = [0, 0];
    return {
      picture,
      at(m) {
        [ego, other].forEach((of, k) => {
          const p = of(m);
          cars[k].setAttribute("visibility", p ? "visible" : "hidden");
          if (!p) return;
          headings[k] = heading(of, trace.indexOf(m)) ?? headings[k];
          cars[k].setAttribute("transform", `translate(${toX(p).toFixed(1)} ${toY(p).toFixed(1)}) rotate(${headings[k].toFixed(1)})`);
        });
      },
    };
  }

  /** TTC, gap and speeds above each other over one time axis. */
  function overTime(trace) {
    const each = 118;
    const hasOther = trace.some((m) => m.otherSpeedKmh != null);
    const rows = [
      { label: { en: "TTC, s", zh: "TTC,s" }, lines: [["var(--c3)", (m) => m.ttcSeconds]], top: 8, limit: 1.5 },
      { label: { en: "gap, m", zh: "间距，m" }, lines: [["var(--c1)", (m) => m.gapMetres]] },
      { label: { en: "speed, km/h", zh: "速度，km/h" }, lines: [[EGO, (m) => m.egoSpeedKmh], ...(hasOther ? [[OTHER, (m) => m.otherSpeedKmh]] : [])], key: true },
    ].filter((row) => row.lines.some(([, of]) => trace.some((m) => of(m) != null)));
    const height = rows.length * each + 18;
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "TTC, gap, speeds over time · TTC、间距、速度随时间变化" });
    const [minX, maxX] = [trace[0].atSeconds, trace[trace.length - 1].atSeconds];
    let toX = null;
    const dots = [];
    const keys = [];
    rows.forEach((row, i) => {
      const part = svg("g", { transform: `translate(0 ${i * each})` });
      picture.append(part);
      const high = Math.max(...row.lines.map(([, of]) => most(trace, of)));
      const low = Math.min(0, ...row.lines.map(([, of]) => least(trace, of)));
      const maxY = row.top ? Math.min(row.top, Math.max(2, high)) : high * 1.08 || 1;
      const final = i === rows.length - 1;
      const at = axes(part, { width: width, height: each + (final ? 14 : 0), minX, maxX, minY: low, maxY, yLabel: say(row.label), xLabel: final ? say({ en: "time, s", zh: "时间，s" }) : "", yMarks: 3, xMarks: Math.round(width / 90) });
      toX = at.toX;
      if (row.limit) part.append(svg("line", { class: "limit", x1: at.left, x2: width - at.right, y1: at.toY(row.limit), y2: at.toY(row.limit) }));
      for (const [hue, of] of row.lines) {
        let path = "";
        let broken = true;
        for (const m of trace) {
          const value = of(m);
          if (value == null || value > maxY) { broken = true; continue; }
          path += `${broken ? "M" : "L"}${at.toX(m.atSeconds).toFixed(1)} ${at.toY(value).toFixed(1)}`;
          broken = false;
        }
        part.append(svg("path", { class: "line", d: path, stroke: hue }));
        const dot = svg("circle", { r: 4.5, fill: hue, stroke: "var(--panel)", "stroke-width": 2 });
        part.append(dot);
        dots.push((m) => {
          const value = of(m);
          const seen = value != null && value <= maxY;
          dot.setAttribute("visibility", seen ? "visible" : "hidden");
          if (seen) { dot.setAttribute("cx", at.toX(m.atSeconds)); dot.setAttribute("cy", at.toY(value)); }
        });
      }
      if (row.key && hasOther) keys.push(part);
    });
    const cursor = svg("line", { class: "cursor", y1: 18, y2: height - 30 });
    picture.prepend(cursor);
    return {
      picture,
      key() {
        for (const part of keys) {
          part.append(
            svg("text", { class: "key", x: width - 62, y: 10, "text-anchor": "end", style: `fill:${EGO};font-weight:700` }, say({ en: "ego", zh: "自车" })),
            svg("text", { class: "key", x: width - 10, y: 10, "text-anchor": "end", style: `fill:${OTHER};font-weight:700` }, say({ en: "other", zh: "他车" })),
          );
        }
      },
      at(m) {
        cursor.setAttribute("x1", toX(m.atSeconds));
        cursor.setAttribute("x2", toX(m.atSeconds));
        dots.forEach((dot) => dot(m));
      },
    };
  }

  buttons.forEach((b, i) => b.addEventListener("click", () => choose(i)));
  redraws.push(draw);
  onResize(place, draw);
  choose(0);
})();
