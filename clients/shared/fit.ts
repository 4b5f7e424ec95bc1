// * Type size: arc-minutes to pixels, and the largest size that fits.

/** Capital height of Atkinson Hyperlegible Next as a share of the font size. */
export const CAP_HEIGHT = 0.668;
/** Millimetres of one arc-minute at a viewing distance of 0.7 m. */
export const ARC_MINUTE_MM = 0.2036;
export const SMALLEST_AM = 42;
export const LARGEST_AM = 90;

/** CSS pixels per millimetre when the page fills a panel of this size, in either orientation. */
export function pixelsPerMm(panel_mm: readonly [number, number], width_px: number, height_px: number): number {
  const long_mm = Math.max(panel_mm[0], panel_mm[1]);
  const short_mm = Math.min(panel_mm[0], panel_mm[1]);
  if (!(short_mm > 0)) return 1;
  return Math.min(Math.max(width_px, height_px) / long_mm, Math.min(width_px, height_px) / short_mm);
}

/** Font size whose capital H subtends so many arc-minutes. */
export function fontSize_px(arcMinutes: number, pxPerMm: number): number {
  return (arcMinutes * ARC_MINUTE_MM * pxPerMm) / CAP_HEIGHT;
}

export interface Fit {
  readonly size: number;
  /** False when not even the smallest size fits. */
  readonly fits: boolean;
}

/** The largest size between two bounds for which `fits(size)` holds, to within `step`. */
export function largestThatFits(fits: (size: number) => boolean, smallest: number, largest: number, step = 1): Fit {
  if (fits(largest)) return { size: largest, fits: true };
  if (!fits(smallest)) return { size: smallest, fits: false };
  let low = smallest;
  let high = largest;
  while (high - low > step) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return { size: low, fits: true };
}
