// A keypad is enough: arrows walk through the controls, Enter presses, 1 to 9 press the bar's buttons, Escape twice ends.

const FOCUSABLE = "button:not(:disabled), input:not(:disabled), a[href]";
const TWICE_WITHIN_MS = 1500;

export function listenToKeys(onEscapeTwice: () => void): void {
  let escapedAt_ms = -Infinity;
  document.addEventListener("keydown", (event) => {
    document.documentElement.dataset["keys"] = "";
    if (event.key === "Escape") {
      if (event.timeStamp - escapedAt_ms < TWICE_WITHIN_MS) onEscapeTwice();
      escapedAt_ms = event.timeStamp;
    } else if (/^[1-9]$/.test(event.key)) {
      pressNumber(Number(event.key));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      if (isRadio(document.activeElement)) return;
      event.preventDefault();
      walk(event.key === "ArrowRight" ? 1 : -1);
    }
  });
}

/** Puts the focus where a screen wants it: its first control, or its heading for a screen reader. */
export function focusScreen(screen: HTMLElement): void {
  const first = screen.querySelector<HTMLElement>("[data-first]:not(:disabled)") ?? screen.querySelector<HTMLElement>("h1");
  first?.focus({ preventScroll: true });
}

/** The dialog on top, or the page. */
function scope(): HTMLElement {
  return [...document.querySelectorAll<HTMLElement>("dialog[open]")].at(-1) ?? document.body;
}

function pressNumber(number: number): void {
  const buttons = scope().querySelectorAll<HTMLButtonElement>("[data-actions] button:not(:disabled)");
  buttons[number - 1]?.click();
}

function walk(step: 1 | -1): void {
  const stops = [...scope().querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isStop);
  if (stops.length === 0) return;
  const active = document.activeElement;
  const at = stops.findIndex((stop) => stop === active || sameGroup(stop, active));
  const next = at < 0 ? (step > 0 ? 0 : stops.length - 1) : (at + step + stops.length) % stops.length;
  stops[next]?.focus();
}

/** Of a group of radio buttons only the chosen one is a stop. */
function isStop(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && !(isRadio(element) && !element.checked);
}

function isRadio(element: Element | null): element is HTMLInputElement {
  return element instanceof HTMLInputElement && element.type === "radio";
}

function sameGroup(a: Element, b: Element | null): boolean {
  return isRadio(a) && isRadio(b) && a.name === b.name;
}
