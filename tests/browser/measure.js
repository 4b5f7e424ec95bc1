// What is too small, too thin or outside on the kiosk's screen; floors in arc-minutes and millimetres.
([textFloorAm, targetFloorMm]) => {
  const root = getComputedStyle(document.documentElement);
  const mm = parseFloat(root.getPropertyValue("--mm"));
  const am = parseFloat(root.getPropertyValue("--am"));
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(".unseen");
  const name = (e) => e.className || e.tagName;
  const small = new Set(), thin = new Set(), outside = new Set();
  const incidental = ".small, .booth-details, .booth-footer";
  for (const e of document.querySelectorAll("main *")) {
    const hasText = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!hasText || !shown(e) || e.closest(incidental)) continue;
    const size = parseFloat(getComputedStyle(e).fontSize) / am;
    if (size < textFloorAm - 0.5) small.add(`${name(e)} ${size.toFixed(1)}`);
    const box = e.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) outside.add(`${name(e)} ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  for (const e of document.querySelectorAll("main button, main .choice-face")) {
    const box = e.getBoundingClientRect();
    if (shown(e) && Math.min(box.height, box.width) / mm < targetFloorMm) thin.add(`${e.className} ${(box.height / mm).toFixed(1)}`);
  }
  for (const e of document.querySelectorAll("main button span, main .meter, main .fit, main .choice-face")) {
    if (shown(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) outside.add(`${name(e)} in itself`);
  }
  for (const e of document.querySelectorAll("main .fit")) {
    const text = e.querySelector("h1, p").getBoundingClientRect(), box = e.getBoundingClientRect();
    if (text.bottom > box.bottom + 2) outside.add(`${e.textContent.slice(0, 20)}: ${Math.round(text.bottom - box.bottom)} px are cut`);
  }
  const screen = document.querySelector(".screen");
  return { small: [...small], thin: [...thin], outside: [...outside], overflow_px: screen.scrollHeight - screen.clientHeight };
}
