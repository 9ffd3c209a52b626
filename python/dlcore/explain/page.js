"use strict";
(() => {
  const rows = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const names = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };
  const touched = new Set(rows.flatMap((row) => row.frames.flatMap((frame) => Object.keys(frame.labels))));
  const initial = {};
  touched.forEach((id) => { initial[id] = by(id) ? by(id).textContent : ""; });
  let row = 0;
  let place = 0;

  // What a frame shows is what all frames up to it have written: stepping back takes it away again.
  function show(to) {
    const frames = rows[row].frames;
    place = Math.max(0, Math.min(to, frames.length - 1));
    const frame = frames[place];
    const texts = {};
    frames.slice(0, place + 1).forEach((each) => Object.assign(texts, each.labels));
    touched.forEach((id) => {
      const line = by(id);
      if (!line) return;
      line.textContent = id in texts ? texts[id] : initial[id];
      line.classList.toggle("fresh", id in frame.labels);
    });
    document.querySelectorAll(".active").forEach((each) => each.classList.remove("active"));
    frame.active.forEach((id) => by(id) && by(id).classList.add("active"));
    document.body.dataset.phase = frame.phase;
    by("frame-title").textContent = frame.title;
    by("note").textContent = frame.note;
    by("formulas").replaceChildren(...frame.formulas.map((formula) => {
      const item = document.createElement("li");
      item.textContent = formula;
      return item;
    }));
    by("counter").textContent = `${place + 1} / ${frames.length}`;
    by("previous").disabled = place === 0;
    by("next").disabled = place === frames.length - 1;
    by("phases").querySelectorAll("button").forEach((each) => {
      each.setAttribute("aria-current", String(each.dataset.phase === frame.phase));
    });
    reveal(frame);
  }

  // On a narrow screen the drawing scrolls within its frame to what is being shown.
  function reveal(frame) {
    const first = frame.active.map(by).find(Boolean);
    const scroller = document.querySelector("figure.scroll");
    if (!first || scroller.scrollWidth <= scroller.clientWidth) return;
    const box = first.getBoundingClientRect();
    const frameBox = scroller.getBoundingClientRect();
    scroller.scrollLeft += box.left + box.width / 2 - frameBox.left - frameBox.width / 2;
  }

  for (const phase of Object.keys(names)) {
    const first = rows[0].frames.findIndex((frame) => frame.phase === phase);
    if (first < 0) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.phase = phase;
    button.textContent = names[phase];
    button.addEventListener("click", () => show(first));
    by("phases").append(button);
  }
  if (rows.length > 1) {
    by("rows").hidden = false;
    rows.forEach((each, i) => by("row").append(new Option(each.name, String(i))));
    by("row").addEventListener("change", () => {
      row = Number(by("row").value);
      show(place);
    });
  }
  by("previous").addEventListener("click", () => show(place - 1));
  by("next").addEventListener("click", () => show(place + 1));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select")) return;
    const moves = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: Infinity };
    if (!(event.key in moves)) return;
    event.preventDefault();
    show(moves[event.key]);
  });
  // page.html#7 opens at the seventh step.
  show((parseInt(location.hash.slice(1), 10) || 1) - 1);
})();
