// Draws the figures that the page carries as JSON; on dark paper every colour becomes its twin.
"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(hover: none)").matches;
const chosen = {};

function dressed(text) {
  let found = text;
  if (dark.matches) for (const [light, twin] of Object.entries(DARK)) found = found.replaceAll(light, twin);
  return JSON.parse(found);
}

function draw(source) {
  const key = source.dataset.figure;
  const place = document.getElementById(key);
  const { data, layout } = dressed(source.textContent);
  const menu = (layout.updatemenus || [])[0];
  delete layout.updatemenus;
  if (touch) layout.dragmode = false;
  if (place.clientWidth < 640) for (const [path, value] of Object.entries(layout.meta || {})) put(layout, path, value);
  const buttons = menu ? menu.buttons : [];
  const config = { responsive: true, displaylogo: false, displayModeBar: false };
  Plotly.react(place, data, layout, config).then(() => {
    if (buttons.length < 2) return;
    if (!chosen[key]) list(place, key, buttons);
    show(place, buttons[chosen[key].selectedIndex]);
  });
}

function put(layout, path, value) {
  const [part, key] = path.split(".");
  layout[part] = { ...layout[part], [key]: value };
}

function show(place, button) {
  Plotly.restyle(place, button.args[0]);
}

function list(place, key, buttons) {
  const select = document.createElement("select");
  for (const button of buttons) select.add(new Option(decoded(button.label), button.name));
  select.setAttribute("aria-labelledby", key + "-question");
  select.onchange = () => show(place, buttons[select.selectedIndex]);
  chosen[key] = select;
  place.before(select);
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
const all = () => sources.forEach(draw);
all();
dark.addEventListener("change", all);
