// One live measure: a number, what it is, and a dot on its scale. No red, no score.
import { position, type Meter } from "../meters.ts";

export function MeterTile({ meter }: { meter: Meter }) {
  const { now, band, min, max } = meter;
  return (
    <div class={`meter meter-${meter.name} ${meter.status === "cannot_tell" ? "meter-hatched" : ""}`}>
      <span class="meter-label" aria-hidden="true">
        {meter.label}
      </span>
      <span class="meter-reading" aria-hidden="true">
        {meter.status === "value" && <b class="meter-value tabular">{meter.value}</b>}
        <span class="meter-detail">{meter.detail}</span>
      </span>
      <span
        class="meter-track"
        role="meter"
        aria-label={meter.label}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={now ?? min}
        aria-valuetext={meter.spoken}
      >
        {band && (
          <span
            class="meter-band"
            style={{ left: percent(position(band[0], min, max)), right: percent(1 - position(band[1], min, max)) }}
          />
        )}
        {now !== null && <span class="meter-dot" style={{ left: percent(position(now, min, max)) }} />}
      </span>
    </div>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
