"use strict";
// Draws the charts of a report. The page is whole without it: tables, stories and diagrams are in
// the document. Texts from the run only ever become text nodes.
(() => {
  const byId = (id) => document.getElementById(id);
  const build =
    (space) =>
    (name, attributes = {}, ...children) => {
      const node = space ? document.createElementNS(space, name) : document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      node.append(...children);
      return node;
    };
  const html = build(null),
    svg = build("http://www.w3.org/2000/svg");
  const say = (text) => {
    byId("status").textContent = text;
  };

  // ---- numbers ----
  const trim = (number, digits) => String(Number(number.toPrecision(digits)));
  const percent = (share) => trim(100 * share, share > 0.99 ? 6 : 3) + " %";
  const brief = (seconds) => {
    if (seconds < 1e-3) return trim(1e6 * seconds, 3) + " µs";
    if (seconds < 1) return trim(1e3 * seconds, 3) + " ms";
    if (seconds < 120) return trim(seconds, 3) + " s";
    return seconds < 7200 ? trim(seconds / 60, 3) + " min" : trim(seconds / 3600, 3) + " h";
  };
  const pad = (number) => String(Math.floor(number)).padStart(2, "0");
  const clock = (seconds) =>
    seconds < 3600
      ? pad(seconds / 60) + ":" + pad(seconds % 60)
      : Math.floor(seconds / 3600) + ":" + pad((seconds / 60) % 60) + ":" + pad(seconds % 60);
  const inUnit = { share: percent, seconds: brief };
  const plain = (number) => trim(number, 4);

  // ---- scales: from values to pixels, with the values that get a line ----
  function linear(low, high, from, to, format) {
    const wide = high - low || 1;
    const scale = (value) => from + ((value - low) / wide) * (to - from);
    const rough = wide / Math.max(2, Math.abs(to - from) / 70),
      ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= rough);
    const ticks = [];
    for (let at = Math.ceil(low / step); at * step <= high * (1 + 1e-9); at++) ticks.push(at * step);
    return Object.assign(scale, { ticks, format, invert: (x) => low + ((x - from) / (to - from)) * wide });
  }
  const timeSteps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
  ];
  function time(low, high, from, to) {
    const scale = linear(low, high, from, to, clock),
      rough = (high - low) / Math.max(2, (to - from) / 80);
    const step = timeSteps.find((n) => n >= rough) || 86400;
    scale.ticks = [];
    for (let at = Math.ceil(low / step) * step; at <= high; at += step) scale.ticks.push(at);
    return scale;
  }
  function log(low, high, from, to, format) {
    const a = Math.log10(low),
      b = Math.log10(high);
    const scale = (value) => from + ((Math.log10(Math.max(value, low)) - a) / (b - a || 1)) * (to - from);
    const apart = to > from ? 62 : 26; // labels stand beside each other, or above
    const every = Math.ceil((b - a) / Math.max(2, Math.abs(to - from) / apart)),
      ticks = [];
    for (let at = Math.ceil(a - 1e-9); at <= b + 1e-9; at += every) ticks.push(10 ** at);
    return Object.assign(scale, {
      ticks,
      format,
      invert: (x) => 10 ** (a + ((x - from) / (to - from)) * (b - a)),
    });
  }
  const decadeBelow = (value) => 10 ** Math.floor(Math.log10(value) + 1e-9);
  const decadeAbove = (value) => 10 ** Math.ceil(Math.log10(value) - 1e-9);

  // ---- drawing ----
  const left = 58,
    right = 12;
  let ids = 0;
  const path = (points) =>
    points.map(([x, y], i) => (i ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1)).join("");
  const text = (x, y, words, attributes = {}) => svg("text", { x, y, ...attributes }, words);
  const rect = (x1, x2, y, height, name) =>
    svg("rect", { x: Math.min(x1, x2), width: Math.max(1, Math.abs(x2 - x1)), y, height, class: name });

  // canvas is an empty drawing as wide as its place.
  function canvas(host, height, label) {
    const width = Math.max(280, Math.floor(host.clientWidth));
    const drawing = svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      height,
      role: "img",
      tabindex: 0,
      "aria-label": label,
    });
    const clip = "clip" + ids++;
    drawing.append(
      svg("clipPath", { id: clip }, svg("rect", { x: left, y: 0, width: width - left - right, height })),
    );
    return { drawing, width, plot: svg("g", { "clip-path": `url(#${clip})` }) };
  }
  // sides draws the lines of a panel's scale, with its name on top.
  function sides(drawing, name, y, top, bottom, width) {
    for (const tick of y.ticks) {
      drawing.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
      drawing.append(text(left - 6, y(tick) + 4, y.format(tick), { "text-anchor": "end", class: "soft" }));
    }
    drawing.append(text(left, top - 6, name, { class: "strong" }));
    drawing.append(svg("line", { class: "axis", x1: left, x2: width - right, y1: bottom, y2: bottom }));
  }
  function foot(drawing, name, x, top, bottom, width) {
    for (const tick of x.ticks) {
      drawing.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: bottom }));
      const anchor = x(tick) > width - 40 ? "end" : "middle";
      drawing.append(text(x(tick), bottom + 15, x.format(tick), { "text-anchor": anchor, class: "soft" }));
    }
    drawing.append(text(width - right, bottom + 31, name, { "text-anchor": "end", class: "soft" }));
  }
  function key(entries) {
    return html(
      "ul",
      { class: "key" },
      ...entries.map(([name, ...shapes]) =>
        html("li", {}, svg("svg", { viewBox: "0 0 26 14", "aria-hidden": "true" }, ...shapes), name),
      ),
    );
  }
  const sample = (name) => svg("path", { class: name, d: "M1 7H25" });
  const swatch = (name) => svg("rect", { class: name, x: 1, y: 1, width: 24, height: 12 });

  // asTable is a chart for those who would rather read it; it is made when it is opened.
  function asTable(caption, columns, rows) {
    const details = html("details", { class: "data" }, html("summary", {}, "The same as a table"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const head = html("tr", {}, ...columns.map((name) => html("th", { scope: "col" }, name)));
      const body = rows().map((row) =>
        html(
          "tr",
          {},
          ...row.map((value, i) =>
            i ? html("td", { class: "number" }, String(value)) : html("th", { scope: "row" }, String(value)),
          ),
        ),
      );
      details.append(
        html(
          "div",
          { class: "scroll", role: "group", "aria-label": caption, tabindex: 0 },
          html(
            "table",
            {},
            html("caption", {}, caption),
            html("thead", {}, head),
            html("tbody", {}, ...body),
          ),
        ),
      );
    });
    return details;
  }
  // follow lets a pointer or the arrow keys step through a chart and tells what is there.
  function follow(drawing, top, bottom, count, place, nearest, tell) {
    const line = svg("line", { class: "cross", y1: top, y2: bottom, visibility: "hidden" });
    const words = html(
      "p",
      { class: "readout", "aria-live": "polite" },
      "Point at the chart, or focus it and use the arrow keys.",
    );
    drawing.append(line);
    let at = -1;
    const go = (to) => {
      at = Math.max(0, Math.min(count - 1, to));
      line.setAttribute("x1", place(at));
      line.setAttribute("x2", place(at));
      line.setAttribute("visibility", "visible");
      words.textContent = tell(at);
    };
    drawing.addEventListener("pointermove", (event) => go(nearest(inside(drawing, event))));
    drawing.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    });
    return words;
  }
  const inside = (drawing, event) => {
    const box = drawing.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * drawing.viewBox.baseVal.width;
  };
  const closest = (values, value) => {
    let best = 0;
    values.forEach((one, i) => {
      if (Math.abs(one - value) < Math.abs(values[best] - value)) best = i;
    });
    return best;
  };

  // ---- the timeline ----
  function panelsOf(world, from, to) {
    const shown = (values) => values.slice(Math.floor(from / world.bin), Math.ceil(to / world.bin) + 1);
    const most = (values) => Math.max(1, ...shown(values));
    const steps = (values, x, y) =>
      values.flatMap((value, i) => [
        [x(i * world.bin), y(value)],
        [x((i + 1) * world.bin), y(value)],
      ]);
    const base = (points, y) => path(points) + `L${points.at(-1)[0]} ${y}L${points[0][0]} ${y}Z`;
    const whole = (tick) => (Number.isInteger(tick) ? plain(tick) : "");
    const took = world.points.took;
    return [
      {
        name: `saves stored in time, in bins of ${brief(world.bin)}`,
        height: 110,
        scale: (a, b) => linear(0, 1, a, b, percent),
        draw(plot, x, y) {
          const runs = [];
          world.saves.forEach((saves, i) => {
            if (!saves) return;
            if (!i || !world.saves[i - 1]) runs.push([]);
            runs.at(-1).push(i);
          });
          for (const run of runs) {
            const edge = (values) =>
              run.flatMap((i) => [
                [x(i * world.bin), y(values[i])],
                [x((i + 1) * world.bin), y(values[i])],
              ]);
            plot.append(
              svg("path", {
                class: "area",
                d: path([...edge(world.high), ...edge(world.low).reverse()]) + "Z",
              }),
            );
            plot.append(
              svg("path", {
                class: "curve",
                d: path(
                  run.flatMap((i) => [
                    [x(i * world.bin), y(world.stored[i] / world.saves[i])],
                    [x((i + 1) * world.bin), y(world.stored[i] / world.saves[i])],
                  ]),
                ),
              }),
            );
          }
        },
      },
      took.length && {
        name: "requests: how long they took",
        height: 150,
        scale: (a, b) =>
          log(decadeBelow(Math.min(...took)), decadeAbove(Math.max(...took) * 1.01), a, b, brief),
        draw(plot, x, y) {
          const shape = {
            o: (a, b) => `M${a} ${b}h0`,
            f: (a, b) => `M${a - 3} ${b - 3}l6 6m0 -6l-6 6`,
            i: (a, b) => `M${a} ${b - 4}l4 7h-8z`,
          };
          for (const kind of "oif") {
            const marks = [];
            took.forEach((value, i) => {
              const at = world.points.at[i];
              if (world.points.kind[i] === kind && at >= from && at <= to)
                marks.push(shape[kind](Math.round(x(at)), Math.round(y(value))));
            });
            plot.append(svg("path", { class: "dot-" + kind, d: marks.join("") }));
          }
        },
      },
      {
        name: "players online",
        height: 56,
        scale: (a, b) => linear(0, most(world.online), a, b, whole),
        draw: (plot, x, y) =>
          plot.append(svg("path", { class: "curve", d: path(steps(world.online, x, y)) })),
      },
      {
        name: "changes not stored anywhere yet",
        height: 56,
        scale: (a, b) => linear(0, most(world.unsafe), a, b, whole),
        draw: (plot, x, y) =>
          plot.append(svg("path", { class: "unsafe", d: base(steps(world.unsafe, x, y), y(0)) })),
      },
    ].filter((panel) => panel && (panel.height !== 56 || world.saves.length));
  }

  function drawTimeline(host, world, view, zoom) {
    const lanes = [...new Set(world.bands.map((one) => one.name))];
    const panels = panelsOf(world, view.from, view.to),
      laneHeight = 18;
    const top = 22 + (lanes.length ? lanes.length * laneHeight + 12 : 0);
    const bottom = top + panels.reduce((sum, panel) => sum + panel.height + 30, 0);
    const { drawing, width, plot } = canvas(host, bottom + 36, `Timeline of ${world.name}; a table follows`);
    const x = time(view.from, view.to, left, width - right);
    foot(drawing, "virtual time", x, top, bottom - 8, width);
    if (lanes.length) drawing.append(text(left, 14, "faults and phases", { class: "strong" }));
    for (const one of world.bands) {
      const y = 22 + lanes.indexOf(one.name) * laneHeight;
      plot.append(
        rect(x(one.from), x(one.to), y, laneHeight - 4, "band"),
        rect(x(one.from), x(one.to), top, bottom - top - 8, "shade"),
      );
    }
    for (const [i, name] of lanes.entries()) {
      const first = world.bands.find((one) => one.name === name && one.to > view.from);
      const at = first
        ? Math.min(Math.max(left + 4, x(first.from) + 4), width - right - 7 * name.length)
        : left + 4;
      plot.append(text(Math.max(left + 4, at), 33 + i * laneHeight, name, { class: "soft strong" }));
    }
    let y0 = top;
    for (const panel of panels) {
      const y = panel.scale(y0 + 22 + panel.height, y0 + 22);
      sides(drawing, panel.name, y, y0 + 20, y0 + 22 + panel.height, width);
      panel.draw(plot, x, y);
      y0 += panel.height + 30;
    }
    for (const mark of world.marks) {
      plot.append(
        svg(
          "g",
          {},
          svg("title", {}, `${clock(mark.from)} ${mark.name}`),
          svg("line", { class: "markline", x1: x(mark.from), x2: x(mark.from), y1: top, y2: bottom - 8 }),
          svg("path", { class: "markhead", d: `M${x(mark.from) - 5} ${top - 6}h10l-5 8z` }),
        ),
      );
    }
    drawing.append(plot);
    const bins = world.saves.length,
      first = Math.max(0, Math.floor(view.from / world.bin));
    const around = (i) =>
      [...world.bands, ...world.marks]
        .filter((one) => one.from < (i + 1) * world.bin && Math.max(one.to, one.from + 1e-9) > i * world.bin)
        .map((one) => one.name);
    const words = follow(
      drawing,
      top,
      bottom - 8,
      Math.min(bins, Math.ceil(view.to / world.bin)) - first,
      (i) => x((i + first + 0.5) * world.bin),
      (px) => Math.floor(x.invert(px) / world.bin) - first,
      (i) => tellBin(world, i + first, around(i + first)),
    );
    dragToZoom(drawing, x, top, bottom - 8, zoom);
    host.replaceChildren(
      key([
        ["request went well", svg("path", { class: "dot-o", d: "M9 8h0m4 -3h0m4 4h0" })],
        ["failed", svg("path", { class: "dot-f", d: "M10 4l6 6m0 -6l-6 6" })],
        ["got an error, and may have happened", svg("path", { class: "dot-i", d: "M13 3l4 7h-8z" })],
        ["crash, shutdown or violation", svg("path", { class: "markhead", d: "M8 3h10l-5 8z" })],
        ["fault or phase", swatch("band")],
      ]),
      drawing,
      words,
      ...(world.points.whole > took(world)
        ? [html("p", { class: "note" }, `${took(world)} of ${world.points.whole} requests are drawn.`)]
        : []),
      asTable(
        `${world.name}, bin by bin`,
        ["from", "saves", "stored in time", "online", "not stored yet", "faults, phases, marks"],
        () =>
          world.saves.map((saves, i) => [
            clock(i * world.bin),
            saves,
            world.stored[i],
            world.online[i],
            world.unsafe[i],
            around(i).join(", "),
          ]),
      ),
    );
  }
  const took = (world) => world.points.took.length;
  const tellBin = (world, i, around) =>
    `${clock(i * world.bin)}: ${world.stored[i]} of ${world.saves[i]} saves stored in time; ` +
    `${world.online[i]} online; ${world.unsafe[i]} changes not stored yet` +
    (around.length ? `; ${around.join(", ")}` : "");

  function dragToZoom(drawing, x, top, bottom, zoom) {
    let from = null,
      box = null;
    drawing.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button) return;
      from = inside(drawing, event);
      box = rect(from, from, top, bottom - top, "pick");
      drawing.append(box);
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const to = inside(drawing, event);
      box.setAttribute("x", Math.min(from, to));
      box.setAttribute("width", Math.abs(to - from));
    });
    drawing.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const to = inside(drawing, event),
        start = from;
      from = null;
      box.remove();
      if (Math.abs(to - start) > 8) zoom(x.invert(Math.min(start, to)), x.invert(Math.max(start, to)));
    });
  }

  function timelines(worlds) {
    const select = byId("world"),
      host = byId("timeline-chart");
    if (!select) return;
    const end = (world) =>
      Math.max(
        world.bin * world.saves.length,
        ...world.bands.map((one) => one.from),
        ...world.points.at.slice(-1),
      );
    let view = { from: 0, to: 1 };
    const world = () => worlds[select.value];
    const show = () => drawTimeline(host, world(), view, zoom);
    const zoom = (from, to) => {
      const wide = Math.min(Math.max(to - from, 3 * world().bin), end(world()));
      const start = Math.max(0, Math.min(from, end(world()) - wide));
      view = { from: start, to: start + wide };
      show();
    };
    const all = () => zoom(0, end(world()));
    const part = (by, shift) => () => {
      const wide = (view.to - view.from) * by,
        middle = (view.from + view.to) / 2 + shift * (view.to - view.from);
      zoom(middle - wide / 2, middle + wide / 2);
    };
    const group = document.querySelector(".zoom");
    for (const [sign, name, act] of [
      ["+", "Zoom in", part(0.5, 0)],
      ["−", "Zoom out", part(2, 0)],
      ["←", "Earlier", part(1, -0.5)],
      ["→", "Later", part(1, 0.5)],
      ["Whole", "The whole world", all],
    ]) {
      const button = html("button", { type: "button", "aria-label": name, title: name }, sign);
      button.addEventListener("click", act);
      group.append(button);
    }
    select.addEventListener("change", all);
    all();
    return show;
  }

  // ---- success against confidence ----
  function drawLooks(host, one) {
    const top = 24,
      bottom = 244;
    const { drawing, width, plot } = canvas(
      host,
      bottom + 38,
      `${one.claim} against the number of worlds; a table follows`,
    );
    const x = linear(0, one.worlds.at(-1), left, width - right, plain);
    const format = inUnit[one.unit] || plain;
    const all = [...one.value, ...one.low, ...one.high, one.limit];
    const positive = all.filter((value) => value > 0);
    const lowest = one.log && decadeBelow(Math.min(...positive, 1) / 2);
    const y = one.log
      ? log(lowest, Math.min(1, decadeAbove(Math.max(...all))), bottom, top, (tick) =>
          tick === lowest && all.includes(0) ? "0" : format(tick),
        )
      : linear(Math.min(0, ...all), Math.max(...all) * 1.05 || 1, bottom, top, format);
    foot(drawing, "worlds", x, top, bottom, width);
    sides(drawing, one.axis, y, top, bottom, width);
    const line = (values) => values.map((value, i) => [x(one.worlds[i]), y(value)]);
    plot.append(
      svg("path", { class: "area", d: path([...line(one.high), ...line(one.low).reverse()]) + "Z" }),
    );
    plot.append(svg("path", { class: "curve", d: path(line(one.value)) }));
    plot.append(svg("path", { class: "limit", d: `M${left} ${y(one.limit)}H${width - right}` }));
    plot.append(
      text(width - right - 4, y(one.limit) - 5, "limit " + format(one.limit), {
        "text-anchor": "end",
        class: "strong",
      }),
    );
    drawing.append(plot);
    const words = follow(
      drawing,
      top,
      bottom,
      one.worlds.length,
      (i) => x(one.worlds[i]),
      (px) => closest(one.worlds, x.invert(px)),
      (i) =>
        `after ${one.worlds[i]} worlds: ${format(one.value[i])}, between ${format(one.low[i])} and ${format(one.high[i])}; the limit is ${format(one.limit)}`,
    );
    host.replaceChildren(
      key([
        ["found", sample("curve")],
        ["between its bounds", swatch("area")],
        ["what the claim allows", sample("limit")],
      ]),
      drawing,
      words,
      asTable(`${one.claim}: ${one.axis}`, ["worlds", "found", "lower bound", "upper bound"], () =>
        one.worlds.map((worlds, i) => [
          worlds,
          format(one.value[i]),
          format(one.low[i]),
          format(one.high[i]),
        ]),
      ),
    );
  }

  // ---- the distribution of latencies ----
  const marks = [
    ["p50", 0.5],
    ["p95", 0.05],
    ["p99", 0.01],
    ["p99.9", 0.001],
  ];
  function drawLatency(host, { name, series }) {
    const top = 24,
      bottom = 264;
    const { drawing, width, plot } = canvas(
      host,
      bottom + 38,
      `How many of ${name} took longer, on log axes; the percentiles are in the table below`,
    );
    const times = series.flatMap((one) => one.took).filter((value) => value > 0);
    const shares = series.flatMap((one) => one.beyond).filter((value) => value > 0);
    // What is so quick that nearly all takes longer would only push the rest aside.
    const firsts = series.map((one) => one.took.find((_, i) => one.beyond[i] < 0.99) ?? one.took.at(-1));
    const quickest = decadeBelow(Math.max(1e-3, Math.min(...firsts)));
    const slowest = Math.max(decadeAbove(Math.max(...times) * 1.001), 10 * quickest);
    const x = log(quickest, slowest, left, width - right, brief);
    const lowest = Math.min(1e-4, decadeBelow(Math.min(...shares, 1) / 1.001));
    const y = log(lowest, 1, bottom, top, percent);
    foot(drawing, "took longer than", x, top, bottom, width);
    sides(drawing, "share", y, top, bottom, width);
    for (const [label, share] of marks) {
      drawing.append(
        svg("line", {
          class: "axis",
          "stroke-dasharray": "2 4",
          x1: left,
          x2: width - right,
          y1: y(share),
          y2: y(share),
        }),
      );
      drawing.append(text(left + 4, y(share) - 3, label, { class: "soft strong" }));
    }
    series.forEach((one, n) => {
      let before = 1;
      const points = one.took.flatMap((value, i) => {
        const step = [
          [x(value), y(before)],
          [x(value), y(one.beyond[i])],
        ];
        before = one.beyond[i];
        return step;
      });
      plot.append(svg("path", { class: `curve series-${n}`, d: path([[left, y(1)], ...points]) }));
    });
    drawing.append(plot);
    const steps = series[0].took;
    const beyond = (one, at) => one.beyond[one.took.findLastIndex((value) => value <= at * (1 + 1e-9))] ?? 1;
    const tell = (at) =>
      `longer than ${brief(at)}: ` +
      series.map((one) => (one.cell ? one.cell + " " : "") + percent(beyond(one, at))).join("; ");
    const words = follow(
      drawing,
      top,
      bottom,
      steps.length,
      (i) => x(steps[i]),
      (px) => closest(steps.map(Math.log10), Math.log10(x.invert(px))),
      (i) => tell(steps[i]),
    );
    host.replaceChildren(
      ...(series.length > 1 ? [key(series.map((one, n) => [one.cell, sample(`curve series-${n}`)]))] : []),
      drawing,
      words,
      asTable(
        `${name}: share that took longer`,
        ["longer than", ...series.map((one) => one.cell || "share")],
        () => steps.map((at) => [brief(at), ...series.map((one) => percent(beyond(one, at)))]),
      ),
    );
  }

  // choose fills a list of choices and draws the one that is chosen.
  function choose(id, host, options, name, draw) {
    const select = byId(id),
      place = byId(host);
    if (!select) return;
    if (!options.length) {
      place.replaceChildren(html("p", {}, "The run kept no estimates over its worlds to draw."));
      return;
    }
    options.forEach((one, i) => select.append(html("option", { value: i }, name(one))));
    select.parentNode.hidden = options.length < 2;
    const show = () => draw(place, options[select.value]);
    select.addEventListener("change", show);
    show();
    return show;
  }
  // Cells of one metric share a chart while they can be told apart.
  function distributions(all) {
    const metrics = [...new Set(all.map((one) => one.metric))];
    return metrics.flatMap((metric) => {
      const series = all.filter((one) => one.metric === metric);
      return series.length <= 6
        ? [{ name: metric, series }]
        : series.map((one) => ({ name: `${metric}, ${one.cell}`, series: [one] }));
    });
  }

  // ---- the page ----
  function theme() {
    const button = byId("theme"),
      dark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () =>
      (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.title = "Change to the other theme";
    };
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      label();
    });
    dark.addEventListener("change", label);
    button.hidden = false;
    label();
  }
  function copying() {
    for (const button of document.querySelectorAll(".copy")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const code = button.parentNode.querySelector("code");
        getSelection().selectAllChildren(code);
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
          say("Copied");
        } catch {
          say("Selected: copy it with your keyboard");
        }
      });
    }
  }
  function printing() {
    const closed = [];
    addEventListener("beforeprint", () =>
      document.querySelectorAll("details:not([open])").forEach((one) => {
        if (one.classList.contains("data")) return;
        closed.push(one);
        one.open = true;
      }),
    );
    addEventListener("afterprint", () =>
      closed.splice(0).forEach((one) => {
        one.open = false;
      }),
    );
  }
  async function read() {
    const data = JSON.parse(byId("data").textContent);
    if (typeof data !== "string") return data;
    const packed = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }
  async function start() {
    theme();
    copying();
    printing();
    const data = await read();
    const claimName = (one) => one.claim + (one.cell ? ` [${one.cell}]` : "");
    const draws = [
      timelines(data.timelines),
      choose("claim", "confidence-chart", data.looks, claimName, drawLooks),
      choose("metric", "latency-chart", distributions(data.latencies), (one) => one.name, drawLatency),
    ].filter(Boolean);
    let width = document.body.clientWidth;
    new ResizeObserver(() => {
      if (document.body.clientWidth === width) return;
      width = document.body.clientWidth;
      draws.forEach((draw) => draw());
    }).observe(document.body);
    document.documentElement.dataset.ready = "yes";
  }
  start();
})();
