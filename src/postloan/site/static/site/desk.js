"use strict";
// What pages need of a script: keys, ticks, charts. Everything else is links and forms.

const typing = () => ["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement?.tagName);

function step(by) {
  const rows = [...document.querySelectorAll(".list-table tbody tr[data-key]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("is-at"));
  const to = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  rows.forEach((row) => row.classList.remove("is-at"));
  to.classList.add("is-at");
  to.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => document.querySelector(".list-filters input, #search")?.focus(),
  "[": () => document.querySelector(".pager [rel=prev]")?.click(),
  "]": () => document.querySelector(".pager [rel=next]")?.click(),
  j: () => step(1),
  k: () => step(-1),
  Enter: () => document.querySelector(".list-table tr.is-at a")?.click(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.getElementById("search")?.focus();
    return;
  }
  if (typing() || event.ctrlKey || event.altKey || event.metaKey) return;
  const action = KEYS[event.key];
  if (action) {
    event.preventDefault();
    action();
    return;
  }
  const pressed = document.querySelector(`[data-key-press="${CSS.escape(event.key)}"]`);
  if (!pressed) return;
  // A field is gone to, and does not begin with the letter of its key.
  event.preventDefault();
  if (pressed.matches("input, select, textarea")) pressed.focus();
  else pressed.click();
});

document.addEventListener("change", (event) => {
  const from = event.target;
  if (from.matches("[data-submit-on-change]") && from.value) from.form.requestSubmit();
  if (from.matches("[data-submits]")) from.form.requestSubmit();
  if (from.matches("[data-tick-all]")) {
    document.querySelectorAll("[data-tick]").forEach((box) => { box.checked = from.checked; });
  }
  if (from.matches("[data-tick], [data-tick-all]")) {
    const ticked = document.querySelectorAll("[data-tick]:checked").length;
    document.querySelectorAll("[data-ticked]").forEach((place) => { place.textContent = ticked; });
    document.querySelectorAll("[data-needs-tick]").forEach((button) => { button.disabled = ticked === 0; });
  }
});

// A second click while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.isSent) { event.preventDefault(); return; }
  form.dataset.isSent = "1";
  setTimeout(() => { delete form.dataset.isSent; }, 5000);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

function draw(place) {
  if (!window.echarts || place.dataset.isDrawn) return;
  place.dataset.isDrawn = "1";
  // What htmx puts into a page may hold no script, not even one of data: such a chart carries its options itself.
  const said = JSON.parse(place.dataset.options ?? document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...said });
  chart.on("click", (at) => {
    const href = at.data?.href || at.data?.[3]?.href;
    if (href) window.location.assign(href);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

function drawAll() { document.querySelectorAll("[data-chart], [data-options]").forEach(draw); }
document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
