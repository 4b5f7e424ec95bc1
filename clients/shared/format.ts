// * Numbers and times as text.

/** "2:05" from seconds; never negative. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "2 minutes 5 seconds" for screen readers. */
export function clockSpoken(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return minutes === 0 ? plural(rest, "second") : `${plural(minutes, "minute")} ${plural(rest, "second")}`;
}

/** A number with so many digits after the point, with a real minus sign. */
export function numberText(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

export function percentText(share: number): string {
  return `${numberText(share * 100)} %`;
}

/** The value of a fact with its unit: shares become percent, whole-number units lose their fraction. */
export function factText(value: number, unit: string): string {
  switch (unit) {
    case "share":
    case "ratio":
      return percentText(value);
    case "wpm":
    case "words/min":
      return `${numberText(value)} words/min`;
    case "s":
      return value >= 60 ? `${clockText(value)} minutes` : `${numberText(value, value < 10 ? 1 : 0)} seconds`;
    case "deg":
      return `${numberText(value)}\u00B0`;
    case "%":
      return `${numberText(value)} %`;
    case "":
    case "count":
      return numberText(value, Number.isInteger(value) ? 0 : 1);
    default:
      return `${numberText(value, Number.isInteger(value) ? 0 : 1)} ${unit}`;
  }
}
