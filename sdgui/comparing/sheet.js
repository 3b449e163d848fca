"use strict";

const main = document.querySelector("main");
const view = document.querySelector("dialog");
const large = view.querySelector("img");
const settings = view.querySelector("#settings");
const save = view.querySelector("#save");
const [back, next] = ["#back", "#next"].map((id) => view.querySelector(id));
const cells = [...main.querySelectorAll("figure")];
const columns = Number(main.dataset.columns);
let shown = -1;

// How large the pictures are: at first so that a grid fills the window, as far as they stay recognisable

const LINE = 17;
const zoom = document.querySelector("#zoom");
const corner = main.querySelector(".corner");

function setZoom() {
  const style = document.documentElement.style;
  style.setProperty("--cell", `${zoom.value}px`);
  style.setProperty("--lines", Math.max(2, Math.floor((zoom.value * main.dataset.height) / natural / LINE)));
  // What is scrolled to must not come to lie under the labels
  if (corner) main.style.scrollPadding = `${corner.offsetHeight + 4}px 4px 4px ${corner.offsetWidth + 4}px`;
}

const natural = Number(main.dataset.width);
const width = main.clientWidth - 36 - (corner ? corner.offsetWidth : 0);
const across = columns || Math.min(cells.length, Math.max(2, Math.floor(width / natural)));
const byWidth = width / across - 8;
const byHeight = columns ? (main.clientHeight - 90) / (cells.length / columns) - 8 : Infinity;
const least = main.clientWidth < 500 ? 80 : 64;
zoom.value = Math.min(Math.max(Math.min(byWidth, Math.max(byHeight, 160)), least), Math.max(natural, 256));
zoom.addEventListener("input", setZoom);
setZoom();

// Pictures of several sizes keep their proportions to each other

for (const cell of cells) cell.style.setProperty("--share", cell.dataset.width / natural);

// A long prompt opens at a click

const title = document.querySelector("h1");
title.addEventListener("click", () => title.classList.toggle("open"));

// One picture, large

const picture = (index) => cells[index]?.querySelector("img");

/** The nearest cell that holds a picture, `step` cells on and on; -1 when there is none. */
function neighbour(index, step) {
  for (let at = index + step; at >= 0 && at < cells.length; at += step) {
    if (picture(at)) return at;
  }
  return -1;
}

/** The same by a row, within a grid's columns. */
const above = (index) => (columns ? neighbour(index, -columns) : -1);
const below = (index) => (columns ? neighbour(index, columns) : -1);

function show(index) {
  if (index < 0) return;
  shown = index;
  const cell = cells[index];
  large.src = picture(index).src;
  large.alt = picture(index).alt;
  view.querySelector("h2").textContent = cell.dataset.label;
  settings.replaceChildren(...[...cell.querySelector("dl").children].map((part) => part.cloneNode(true)));
  back.disabled = neighbour(index, -1) < 0;
  next.disabled = neighbour(index, 1) < 0;
  if (!view.open) view.showModal();
}

/** Saves the picture by a link of a moment, to a file in memory: browsers refuse long data addresses there. */
function download() {
  const text = atob(picture(shown).src.split(",", 2)[1]);
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = cells[shown].dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

cells.forEach((cell, index) => cell.querySelector("button")?.addEventListener("click", () => show(index)));
save.addEventListener("click", download);
back.addEventListener("click", () => show(neighbour(shown, -1)));
next.addEventListener("click", () => show(neighbour(shown, 1)));
view.querySelector("#close").addEventListener("click", () => view.close());
view.querySelector("#large").addEventListener("click", () => view.close());
view.addEventListener("close", () => {
  large.removeAttribute("src");
  const button = cells[shown].querySelector("button");
  button.focus();
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
});

const moves = {
  ArrowLeft: (index) => neighbour(index, -1),
  ArrowRight: (index) => neighbour(index, 1),
  ArrowUp: above,
  ArrowDown: below,
};

document.addEventListener("keydown", (event) => {
  const move = moves[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey || event.target === zoom) return;
  if (view.open) {
    const to = move(shown);
    if (to < 0 && !columns && event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    show(to);
    return;
  }
  const focused = cells.indexOf(document.activeElement?.closest("figure"));
  if (focused < 0) return;
  const to = move(focused);
  if (to < 0) return;
  event.preventDefault();
  picture(to).closest("button").focus();
});
