"use strict";
{
  const form = document.querySelector(".filters");
  const tiles = [...document.querySelectorAll("button[data-verdict]:not([data-none]), button[data-severity]:not([data-none])")];
  const { noun } = form.dataset;
  const output = form.querySelector("output");
  const empty = document.querySelector(".empty");
  const objects = [...document.querySelectorAll("article")].map((element) => ({
    element,
    kind: element.dataset.kind,
    findings: [...element.querySelectorAll(".finding")],
  }));
  const total = objects.reduce((sum, object) => sum + object.findings.length, 0);
  const texts = new Map();

  /* The searchable text of a finding: its own and the heading of its object. Read on first use. */
  const textOf = (object, finding) => {
    if (!texts.has(finding)) {
      texts.set(finding, `${object.element.querySelector("h2").textContent} ${finding.textContent}`.toLowerCase());
    }
    return texts.get(finding);
  };

  const show = () => {
    const pressed = tiles.filter((tile) => tile.getAttribute("aria-pressed") === "true");
    const verdicts = new Set(pressed.map((tile) => tile.dataset.verdict).filter(Boolean));
    const severities = new Set(pressed.map((tile) => tile.dataset.severity).filter(Boolean));
    const kind = form.elements.kind.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const object of objects) {
      let some = false;
      for (const finding of object.findings) {
        const fits =
          (!verdicts.size || verdicts.has(finding.dataset.verdict)) &&
          (!severities.size || severities.has(finding.dataset.severity)) &&
          (!kind || kind === object.kind) &&
          words.every((word) => textOf(object, finding).includes(word));
        finding.hidden = !fits;
        some ||= fits;
        shown += fits;
      }
      object.element.hidden = !some;
    }
    const count = (number) => number.toLocaleString("en");
    output.value = shown === total
      ? `${count(total)} ${noun}${total === 1 ? "" : "s"}`
      : `${count(shown)} of ${count(total)} ${noun}s`;
    empty.hidden = shown > 0;
  };

  for (const tile of tiles) {
    tile.disabled = false;
    tile.addEventListener("click", () => {
      tile.setAttribute("aria-pressed", String(tile.getAttribute("aria-pressed") !== "true"));
      show();
    });
  }
  let timer;
  form.elements.text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  form.elements.kind.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    tiles.forEach((tile) => tile.setAttribute("aria-pressed", "false"));
    setTimeout(show);
  });
  empty.querySelector("button").addEventListener("click", () => form.reset());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select")) {
      event.preventDefault();
      form.elements.text.focus();
    }
  });
  /* A link to a finding that a filter hides resets the filters. */
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.hidden) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
    }
  });
  form.hidden = false;
}
