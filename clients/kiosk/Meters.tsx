// The live measures beside the interview; frozen while the interviewer speaks.
import type { Booth } from "../shared/live.ts";
import { meter, type MeterName } from "../shared/meters.ts";
import { MeterTile } from "../shared/ui/MeterTile.tsx";
import { useCalmGauges } from "../shared/ui/use_gauges.ts";
import { t } from "../shared/words.ts";

interface MetersProps {
  readonly booth: Booth;
  readonly names: readonly MeterName[];
  readonly side: "start" | "end";
  readonly isFrozen: boolean;
}

export function Meters({ booth, names, side, isFrozen }: MetersProps) {
  const gauges = useCalmGauges(booth);
  return (
    <div class={`meters meters-${side} ${isFrozen ? "meters-frozen" : ""}`} role="group" aria-label={t.meters.group}>
      {names.map((name) => (
        <MeterTile key={name} meter={meter(name, gauges)} />
      ))}
    </div>
  );
}
