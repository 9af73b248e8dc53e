// Draws the figures that the page carries as JSON; on dark paper every colour becomes its twin.
"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(hover: none)").matches;
const config = { responsive: true, displaylogo: false, displayModeBar: false };
const NARROW = 640;
const chosen = {};

function twin(text) {
  if (!dark.matches) return text;
  return Object.entries(DARK).reduce((found, [light, other]) => found.replaceAll(light, other), text);
}

function draw(source) {
  const key = source.dataset.figure;
  const place = document.getElementById(key);
  const { data, layout } = JSON.parse(twin(source.textContent));
  const menu = (layout.updatemenus || [])[0];
  delete layout.updatemenus;
  if (touch) layout.dragmode = false; // else a finger on a figure could not scroll the page
  if (place.clientWidth < NARROW) {
    for (const [path, value] of Object.entries(layout.meta || {})) put(layout, path, value);
  }
  if (!menu || menu.buttons.length < 2) {
    Plotly.react(place, data, layout, config);
    return;
  }
  const select = chosen[key] || list(place, key, menu.buttons);
  // Only the chosen traces are handed over: hundreds of hidden ones would be slow.
  select.onchange = () => {
    const shown = menu.buttons[select.selectedIndex].args[0].visible;
    const traces = data.filter((_, at) => shown[at]).map((trace) => ({ ...trace, visible: true }));
    Plotly.react(place, traces, structuredClone(layout), config);
  };
  select.onchange();
}

function put(layout, path, value) {
  const [part, key] = path.split(".");
  layout[part] = { ...layout[part], [key]: value };
}

// A figure's menu as a list of the page, which a phone shows in its own way.
function list(place, key, buttons) {
  const select = document.createElement("select");
  for (const button of buttons) select.add(new Option(decoded(button.label), button.name));
  select.setAttribute("aria-labelledby", `${key}-question`);
  place.before(select);
  chosen[key] = select;
  return select;
}

function decoded(label) {
  const text = document.createElement("textarea");
  text.innerHTML = label;
  return text.value;
}

// An instrument chosen in a table is chosen in every figure that knows it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pick]");
  if (!link) return;
  for (const select of Object.values(chosen)) {
    if (![...select.options].some((option) => option.value === link.dataset.pick)) continue;
    select.value = link.dataset.pick;
    select.onchange();
  }
});

const sources = [...document.querySelectorAll("script[data-figure]")];
const all = () => sources.forEach((source) => setTimeout(draw, 0, source));
all();
dark.addEventListener("change", all);
