// A QR code as one SVG path, always dark on white.
import { path, side } from "../qr.ts";

export function Qr({ rows, label }: { rows: readonly string[]; label: string }) {
  const size = side(rows);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path(rows)} fill="#101b22" />
    </svg>
  );
}
