// The town from above: governed tracks coloured by speed, junctions, marked places.
"use strict";
(() => {
  const canvas = document.getElementById("map-canvas");
  const map = summary.map;
  if (!canvas || !map) return;
  const frame = document.getElementById("map-frame");
  const legend = document.getElementById("map-legend");
  const hidden = new Set();
  const lineages = [...new Set(map.tracks.map((t) => t.lineage))];
  const lineageWords = { simulated: "仿真", replay: "实录回放", pilot: "试点" };
  const kinds = [...new Map(map.markers.map((m) => [m.type, m.label])).entries()];
  const speeds = map.tracks.flatMap((t) => t.samples.map((s) => s[2])).sort((a, b) => a - b);
  const fastest = Math.max(20, Math.ceil((speeds[Math.floor(speeds.length * 0.99)] || 50) / 10) * 10);
  const box = bounds();
  const view = { x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2, zoom: 1 };
  let width = 0;
  let height = 0;

  function bounds() {
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    const take = (x, y) => {
      minX = Math.min(minX, x); maxX = Math.max(maxX, x);
      minY = Math.min(minY, y); maxY = Math.max(maxY, y);
    };
    map.tracks.forEach((t) => t.samples.forEach((s) => take(s[0], s[1])));
    map.junctions.forEach((j) => take(j.xMetres, j.yMetres));
    map.roads.forEach((r) => r.points.forEach((p) => take(p.xMetres, p.yMetres)));
    return { minX, minY, maxX, maxY };
  }

  const scale = () =>
    view.zoom * Math.min(width / (box.maxX - box.minX + 80), height / (box.maxY - box.minY + 80));
  const toX = (x) => width / 2 + (x - view.x) * scale();
  const toY = (y) => height / 2 - (y - view.y) * scale();

  function draw() {
    width = frame.clientWidth;
    const ratio = (box.maxY - box.minY + 80) / (box.maxX - box.minX + 80);
    height = Math.round(Math.min(Math.max(300, width * ratio), Math.max(360, width * 0.62), 720));
    const dots = window.devicePixelRatio || 1;
    canvas.width = width * dots;
    canvas.height = height * dots;
    canvas.style.height = height + "px";
    const g = canvas.getContext("2d");
    g.scale(dots, dots);
    g.lineCap = "round";
    g.lineJoin = "round";
    roads(g);
    tracks(g);
    junctions(g);
    markers(g);
    rule(g);
  }

  function roads(g) {
    g.strokeStyle = colour("--road");
    g.lineWidth = Math.max(3, 13 * scale());
    for (const road of map.roads) {
      g.beginPath();
      road.points.forEach((p, i) => (i ? g.lineTo(toX(p.xMetres), toY(p.yMetres)) : g.moveTo(toX(p.xMetres), toY(p.yMetres))));
      g.stroke();
    }
  }

  function tracks(g) {
    g.lineWidth = Math.min(3, Math.max(1.1, 1.6 * scale()));
    g.globalAlpha = 0.6;
    for (const track of map.tracks) {
      if (hidden.has(track.lineage)) continue;
      const s = track.samples;
      for (let i = 1; i < s.length; i++) {
        g.strokeStyle = speedColour((s[i][2] + s[i - 1][2]) / 2, fastest);
        g.beginPath();
        g.moveTo(toX(s[i - 1][0]), toY(s[i - 1][1]));
        g.lineTo(toX(s[i][0]), toY(s[i][1]));
        g.stroke();
      }
    }
    g.globalAlpha = 1;
  }

  function junctions(g) {
    for (const junction of map.junctions) {
      const [x, y] = [toX(junction.xMetres), toY(junction.yMetres)];
      g.beginPath();
      g.arc(x, y, junction.equipped ? 6 : 3.5, 0, 7);
      g.fillStyle = junction.equipped ? colour("--panel") : colour("--road");
      g.fill();
      if (junction.equipped) {
        g.lineWidth = 2.5;
        g.strokeStyle = colour("--accent");
        g.stroke();
      }
    }
  }

  function shape(g, x, y, kind, r) {
    g.beginPath();
    const sides = [3, 4, 5][kind % 3];
    for (let i = 0; i <= sides; i++) {
      const a = -Math.PI / 2 + (i * 2 * Math.PI) / sides;
      g.lineTo(x + r * Math.cos(a), y + r * Math.sin(a));
    }
    g.fillStyle = kind % 2 ? colour("--c2") : colour("--mark");
    g.fill();
    g.lineWidth = 2;
    g.strokeStyle = colour("--panel");
    g.stroke();
  }

  function markers(g) {
    for (const marker of map.markers) {
      if (hidden.has("marker:" + marker.type)) continue;
      shape(g, toX(marker.xMetres), toY(marker.yMetres), kinds.findIndex((k) => k[0] === marker.type), 8);
    }
  }

  function rule(g) {
    const longest = 140 / scale();
    const power = 10 ** Math.floor(Math.log10(longest));
    const metres = [5, 2, 1].find((k) => k * power <= longest) * power;
    const length = metres * scale();
    g.fillStyle = g.strokeStyle = colour("--ink");
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(16, height - 22); g.lineTo(16, height - 16); g.lineTo(16 + length, height - 16); g.lineTo(16 + length, height - 22);
    g.stroke();
    g.font = "12px system-ui, sans-serif";
    g.fillText(show(metres) + " m", 22, height - 22);
  }

  function toggle(id, words, picture) {
    const input = html("input", { type: "checkbox" });
    input.checked = !hidden.has(id);
    input.addEventListener("change", () => {
      input.checked ? hidden.delete(id) : hidden.add(id);
      draw();
    });
    return html("label", {}, input, ...(picture ? [picture] : []), words);
  }

  function writeLegend() {
    const ramp = html("span", { class: "ramp", "aria-hidden": "true" });
    ramp.style.background = `linear-gradient(90deg, ${[0, 1, 2, 3, 4].map((i) => speedColour((i / 4) * fastest, fastest)).join(",")})`;
    legend.replaceChildren(
      html("span", {}, "0", ramp, fastest + " km/h"),
      ...lineages.map((l) => toggle(l, say({ en: l, zh: lineageWords[l] || l }))),
      ...kinds.map(([type, label], i) => {
        const sign = html("canvas", { width: 36, height: 36, style: "width:18px;height:18px", "aria-hidden": "true" });
        const g = sign.getContext("2d");
        g.scale(2, 2);
        shape(g, 9, 9, i, 7);
        return toggle("marker:" + type, say(label), sign);
      }),
      html("span", {}, "◯ " + say({ en: "equipped junction", zh: "装有路侧设备的路口" })),
    );
  }

  function zoom(factor, x = width / 2, y = height / 2) {
    const before = scale();
    const [atX, atY] = [view.x + (x - width / 2) / before, view.y - (y - height / 2) / before];
    view.zoom = Math.min(20, Math.max(1, view.zoom * factor));
    const after = scale();
    view.x = atX - (x - width / 2) / after;
    view.y = atY + (y - height / 2) / after;
    if (view.zoom === 1) whole();
    draw();
  }

  function whole() {
    view.zoom = 1;
    view.x = (box.minX + box.maxX) / 2;
    view.y = (box.minY + box.maxY) / 2;
  }

  function move(dx, dy) {
    view.x -= dx / scale();
    view.y += dy / scale();
    draw();
  }

  const tools = html("div", { class: "map-tools" });
  for (const [sign, en, zh, act] of [
    ["+", "zoom in", "放大", () => zoom(1.5)],
    ["−", "zoom out", "缩小", () => zoom(1 / 1.5)],
    ["⤢", "whole town", "全图", () => { whole(); draw(); }],
  ]) {
    const button = html("button", { type: "button", "aria-label": `${en} · ${zh}`, title: `${en} · ${zh}` }, sign);
    button.addEventListener("click", act);
    tools.append(button);
  }
  const tip = html("div", { id: "map-tip", hidden: "" });
  frame.append(tools, tip);

  canvas.addEventListener("keydown", (event) => {
    const act = {
      ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: () => { whole(); draw(); },
    }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls unless the map has the focus
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.offsetX, event.offsetY);
  }, { passive: false });
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => { drag = event; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointerup", () => { drag = null; });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointermove", (event) => {
    if (drag) {
      move(event.clientX - drag.clientX, event.clientY - drag.clientY);
      drag = event;
      return;
    }
    const near = (p, r) => Math.hypot(toX(p.xMetres) - event.offsetX, toY(p.yMetres) - event.offsetY) < r;
    const found = map.markers.find((m) => !hidden.has("marker:" + m.type) && near(m, 11)) || map.junctions.find((j) => near(j, 8));
    tip.hidden = !found;
    if (found) {
      tip.textContent = found.label ? say(found.label) : found.name;
      tip.style.left = toX(found.xMetres) + "px";
      tip.style.top = toY(found.yMetres) + "px";
    }
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  onResize(frame, draw);
  redraws.push(writeLegend, draw);
  writeLegend();
  draw();
  canvas.dataset.drawn = map.tracks.length;
})();
