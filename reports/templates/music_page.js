"use strict";
// The page: pieces to play, to follow, to sort and to take away.
(() => {
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";

  const items = JSON.parse(byId("data").textContent).map((data, index) => {
    const card = byId(`output-${index + 1}`);
    const ends = data.notes.map(([start, length]) => start + length);
    return {
      ...data, card, index, duration: Math.max(0, ...ends), lit: [], onset: -1, system: null,
      button: card.querySelector(".play"), roll: card.querySelector(".roll"),
      score: card.querySelector(".score"),
    };
  });
  const playable = () => [...byId("outputs").children]
    .map((card) => items.find((item) => item.card === card)).filter((item) => item.button);

  let current = null;
  const player = new Player(onEnd);

  // What is packed.

  async function unpack(item) {
    item.unpacked ??= (async () => {
      const bytes = Uint8Array.from(atob(item.packed), (sign) => sign.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return JSON.parse(await new Response(stream).text());
    })();
    return item.unpacked;
  }

  async function offerFiles(item) {
    const { files } = await unpack(item);
    for (const link of item.card.querySelectorAll("a[data-format]")) {
      link.href = `data:${link.type};base64,${files[link.dataset.format]}`;
    }
  }

  // The notation of an item, once it is about to be seen.
  async function engrave(item) {
    item.engraved ??= (async () => {
      const { notation } = await unpack(item);
      const parsed = new DOMParser().parseFromString(notation, "image/svg+xml");
      const picture = document.importNode(parsed.documentElement, true);
      item.score.replaceChildren(picture);
      const notes = new Map([...picture.querySelectorAll(".note")].map((note) => [note.id, note]));
      for (const id of item.given) notes.get(id)?.classList.add("given");
      item.followed = item.onsets.map(([time, ids]) => [
        time, ids.map((id) => notes.get(id)).filter(Boolean),
      ]);
      picture.addEventListener("click", (event) => {
        const note = event.target.closest(".note");
        const onset = note && item.onsets.find(([, ids]) => ids.includes(note.id));
        if (onset) start(item, onset[0]);
      });
      item.lit = [];
      item.onset = -1;
    })();
    return item.engraved;
  }

  // Playing.

  function choose(item) {
    if (current === item) return;
    if (current) {
      player.pause();
      player.place = 0;
      current.card.classList.remove("current");
      show(current, 0);
      light(current, -1);
    }
    current = item;
    player.piece = item;
    player.place = 0;
    item.card.classList.add("current");
    byId("now").textContent = item.name;
    byId("seek").max = item.duration;
    byId("player").hidden = false;
    sayTempo();
    chooseInstrument();
  }

  async function start(item, place) {
    choose(item);
    if (item.score) engrave(item);
    await player.play(item, place);
    refresh();
    requestAnimationFrame(follow);
  }

  function toggle(item) {
    if (item === current && player.isPlaying) {
      player.pause();
      refresh();
    } else {
      start(item, item === current ? player.place : 0);
    }
  }

  function step(by) {
    const list = playable();
    const at = list.indexOf(current);
    const item = list[(at + by + list.length) % list.length];
    bringIntoView(item.card);
    if (player.isPlaying) start(item, 0);
    else choose(item), refresh();
  }

  function onEnd() {
    const after = byId("after").value;
    const list = playable();
    if (after === "repeat") start(current, 0);
    else if (after === "next" && current !== list.at(-1)) {
      const item = list[list.indexOf(current) + 1];
      bringIntoView(item.card);
      start(item, 0);
    } else refresh();
  }

  function seek(item, place) {
    choose(item);
    player.seek(place);
    refresh();
  }

  // Showing.

  function follow() {
    if (!current) return;
    show(current, player.position);
    if (player.isPlaying) requestAnimationFrame(follow);
  }

  function refresh() {
    for (const item of playable()) {
      const isPlaying = item === current && player.isPlaying;
      item.button.setAttribute("aria-pressed", isPlaying);
      item.button.setAttribute("aria-label", `${isPlaying ? "Pause" : "Play"} ${item.name}`);
    }
    byId("toggle").setAttribute("aria-pressed", player.isPlaying);
    byId("toggle").setAttribute("aria-label", player.isPlaying ? "Pause" : "Play");
    if (current) show(current, player.position);
  }

  const clock = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function show(item, place) {
    const at = Math.min(place, item.duration);
    const x = at * item.second;
    item.roll.querySelector(".cursor").setAttribute("transform", `translate(${x} 0)`);
    item.roll.setAttribute("aria-valuenow", at.toFixed(1));
    const bar = item.bars.findLastIndex((time) => time <= at + 0.001);
    item.roll.setAttribute(
      "aria-valuetext", bar < 0 ? clock(at) : `${clock(at)}, bar ${bar + 1} of ${item.bars.length}`);
    if (item !== current) return;
    byId("seek").value = at;
    byId("time").textContent = `${clock(at)} / ${clock(item.duration)}`;
    const frame = item.roll.parentElement;
    const left = (at / item.duration) * item.roll.clientWidth;
    const inView = left - frame.scrollLeft;
    if (player.isPlaying && (inView < 0 || inView > 0.85 * frame.clientWidth)) {
      frame.scrollLeft = left - 0.15 * frame.clientWidth;
    }
    if (item.followed) {
      light(item, item.followed.findLastIndex(([time]) => time <= at + 0.02));
    }
  }

  // Lights the notes of an onset, none for -1, and brings the cursor there.
  function light(item, onset) {
    if (onset === item.onset) return;
    item.onset = onset;
    for (const note of item.lit) note.classList.remove("lit");
    item.lit = onset < 0 ? [] : item.followed[onset][1];
    for (const note of item.lit) note.classList.add("lit");
    const note = item.lit[0];
    if (!note) {
      item.line?.remove();
      item.system = null;
      return;
    }
    const system = note.closest(".system");
    const head = (note.querySelector(".notehead") || note).getBBox();
    if (!item.line) {
      item.line = document.createElementNS(SVG, "rect");
      item.line.setAttribute("class", "cursor");
    }
    if (system !== item.system) turnTo(item, system);
    item.line.setAttribute("x", head.x + head.width / 2 - 110);
  }

  // The cursor moves to another line of the notation, and the reader with it who was at the last.
  function turnTo(item, system) {
    const isRead = !item.system || isSeen(item.system);
    const box = system.getBBox();
    item.line.setAttribute("y", box.y - 60);
    item.line.setAttribute("height", box.height + 120);
    item.line.setAttribute("width", 220);
    system.prepend(item.line);
    item.system = system;
    if (player.isPlaying && isRead && !isSeen(system)) bringIntoView(system);
  }

  function isSeen(element) {
    const box = element.getBoundingClientRect();
    const floor = byId("player").getBoundingClientRect().top;
    return box.top >= 0 && box.bottom <= floor;
  }

  function bringIntoView(element) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }

  function sayTempo() {
    const percent = Number(byId("tempo").value);
    const text = current ? `♩ = ${Math.round((current.qpm * percent) / 100)}` : `${percent} %`;
    byId("tempo-value").textContent = text;
    byId("tempo").setAttribute("aria-valuetext", `${percent} %`);
  }

  function chooseInstrument() {
    const chosen = byId("instrument").value;
    player.instrument = chosen || (current ? instrumentOfProgram(current.program) : "piano");
  }

  // Sorting.

  const sorting = { name: "", descending: false };

  function sort(button) {
    const { name, first } = button.dataset;
    const isSame = sorting.name === name;
    sorting.descending = isSame ? !sorting.descending : first === "highest";
    sorting.name = name;
    const value = (item) => (name ? item.sort[name] : item.index);
    const sign = sorting.descending ? -1 : 1;
    const sorted = [...items].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
      return sign * (a - b) || one.index - other.index;
    });
    byId("outputs").append(...sorted.map((item) => item.card));
    for (const each of document.querySelectorAll(".sort button")) {
      const isOn = each === button;
      each.setAttribute("aria-pressed", isOn);
      each.querySelector(".direction").textContent = isOn ? (sorting.descending ? "↓" : "↑") : "";
    }
    byId("said").textContent =
      `Sorted by ${name || "order"}, ${sorting.descending ? "highest" : "lowest"} first.`;
  }

  // Keys.

  const isControl = (element) => element.closest("button, a, input, select, summary, [role=slider]");

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = items.find(({ card }) => card.contains(event.target));
    const isChoice = event.target.matches("input, select");
    if (event.key === " " && !isControl(event.target) && current) toggle(current);
    else if ((event.key === " " || event.key === "Enter") && event.target === item?.roll) {
      toggle(item);
    } else if (event.key === "Escape" && current) {
      player.pause();
      seek(current, 0);
    } else if (isChoice) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!move(item, event.key === "ArrowDown" ? 1 : -1)) return;
    } else if (item?.button && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      seekByBar(item, event.key === "ArrowRight" ? 1 : -1);
    } else if (item && event.target === item.roll && event.key === "Home") seek(item, 0);
    else return;
    event.preventDefault();
  }

  // The focus goes to the next piece, or the one before; from elsewhere in the page nowhere.
  function move(item, by) {
    const list = playable();
    const at = list.indexOf(item);
    if (at < 0) return false;
    const to = list[Math.min(Math.max(0, at + by), list.length - 1)];
    to.button.focus({ preventScroll: true });
    bringIntoView(to.card);
    return true;
  }

  function seekByBar(item, by) {
    const at = item === current ? player.position : 0;
    if (!item.bars.length) return seek(item, at + 2 * by);
    const bar = item.bars.findLastIndex((time) => time <= at + 0.001);
    // Within a bar, back means to its beginning.
    const back = at - item.bars[bar] > 0.5 ? 0 : -1;
    return seek(item, item.bars[Math.max(0, bar + (by > 0 ? 1 : back))] ?? item.duration);
  }

  // Listening.

  for (const item of items.filter(({ button }) => button)) {
    item.button.addEventListener("click", () => toggle(item));
    item.roll.addEventListener("click", (event) => {
      const box = item.roll.getBoundingClientRect();
      start(item, ((event.clientX - box.left) / box.width) * item.duration);
    });
  }
  for (const button of document.querySelectorAll(".sort button")) {
    button.addEventListener("click", () => sort(button));
  }
  byId("toggle").addEventListener("click", () => toggle(current));
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("seek").addEventListener("input", (event) => seek(current, Number(event.target.value)));
  byId("tempo").addEventListener("input", (event) => {
    player.tempo = Number(event.target.value) / 100;
    sayTempo();
  });
  byId("tempo").addEventListener("dblclick", (event) => {
    event.target.value = 100;
    player.tempo = 1;
    sayTempo();
  });
  byId("volume").addEventListener("input", (event) => {
    player.volume = Number(event.target.value) / 100;
  });
  for (const [name, { label }] of Object.entries(INSTRUMENTS)) {
    byId("instrument").append(new Option(label, name));
  }
  byId("instrument").addEventListener("change", chooseInstrument);
  document.addEventListener("keydown", onKey);

  // Notation is drawn where it is about to be seen: a hundred pieces at once would take seconds.
  const eye = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      eye.unobserve(target);
      engrave(items.find(({ score }) => score === target));
    }
  }, { rootMargin: "600px" });
  for (const { score } of items) if (score) eye.observe(score);

  const list = playable();
  if (list.length) {
    choose(list[0]);
    refresh();
  }
  (async () => {
    for (const item of items) await offerFiles(item);
    document.documentElement.dataset.ready = "yes";
  })();
  window.melodeon = Object.freeze({ items, player });
})();
