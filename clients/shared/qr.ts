// * A QR matrix as one SVG path.

export const QUIET_ZONE = 4;

/** Side of the drawing in modules, quiet zone included. */
export function side(rows: readonly string[]): number {
  return rows.length + 2 * QUIET_ZONE;
}

/** Path data with one rectangle per run of dark modules ('1'). */
export function path(rows: readonly string[]): string {
  const pieces: string[] = [];
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) {
      pieces.push(`M${run.index + QUIET_ZONE} ${y + QUIET_ZONE}h${run[0].length}v1h-${run[0].length}z`);
    }
  });
  return pieces.join("");
}
