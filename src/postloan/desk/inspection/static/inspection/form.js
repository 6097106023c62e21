"use strict";
// A report saves itself while it is written, and never writes over what another window saved.

const report = document.getElementById("report");
let dirty = false;
let stopped = false;
let waiting = false;

function say(text, isWrong) {
  const place = document.getElementById("draft-said");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("late", isWrong);
}

if (report) {
  const ours = (event) => event.detail.elt === report;
  report.addEventListener("input", () => { dirty = true; });
  report.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    if (stopped) { event.preventDefault(); return; }
    waiting = true;
    dirty = false;
  });
  report.addEventListener("htmx:afterRequest", (event) => {
    if (!ours(event)) return;
    waiting = false;
    if (report.dataset.isSending) report.requestSubmit();
  });
  report.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    let told = report.dataset.failed;
    try {
      const problem = JSON.parse(answer.responseText);
      told = `${told}: ${problem.title} ${problem.hint} (${problem.code})`;
    } catch { /* the server answered with no problem we know: the word alone is said */ }
    // After a conflict nothing more is sent from here: the officer copies what was written and loads the page again.
    if (answer.status === 409) stopped = true;
    dirty = true;
    say(told, true);
  });
  report.addEventListener("htmx:sendError", () => { dirty = true; say(report.dataset.failed, true); });
  report.addEventListener("submit", (event) => {
    if (!report.checkValidity()) {
      event.preventDefault();
      delete report.dataset.isSending;
      report.reportValidity();
      return;
    }
    // A draft on its way would make the submission look like another window's: it goes first.
    if (waiting) { event.preventDefault(); report.dataset.isSending = "1"; return; }
    if (report.dataset.isGone) { event.preventDefault(); return; }
    report.dataset.isGone = "1";
    stopped = true;
    dirty = false;
  });
  window.addEventListener("pagehide", () => {
    if (dirty && !stopped) navigator.sendBeacon(report.dataset.draft, new FormData(report));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  const field = document.getElementById(copy.dataset.copyTo);
  field.value = copy.dataset.copy;
  field.focus();
  dirty = true;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const fills = event.target.closest("[data-fills]");
  if (fills && fills.value) document.getElementById(fills.dataset.fills).value = fills.value;
});

// A refused file is told in place, beside those that were taken.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "files" && event.detail.xhr.status === 400) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
