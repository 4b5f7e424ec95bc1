// * Estimates the booth's clock from ping and pong. Pure: times come in as data.

export interface Sample {
  /** Local milliseconds when the pong arrived. */
  readonly at_ms: number;
  readonly round_trip_ms: number;
  /** Booth seconds minus local seconds. */
  readonly offset_s: number;
}

export interface ClockEstimate {
  readonly samples: readonly Sample[];
  readonly offset_s: number | null;
}

/** Crystals drift by about 6 ms a minute; older samples say nothing about now. */
const WINDOW_MS = 30_000;
const MAX_SAMPLES = 32;

export const NO_ESTIMATE: ClockEstimate = { samples: [], offset_s: null };

/** A first guess from hello, late by half a round trip; any real sample replaces it. */
export function guess(boothT_s: number, local_ms: number): ClockEstimate {
  return { samples: [], offset_s: boothT_s - local_ms / 1000 };
}

/** Takes one exchange in; of the last 30 s the one with the shortest round trip wins. */
export function withPong(estimate: ClockEstimate, sent_ms: number, boothT_s: number, received_ms: number): ClockEstimate {
  const round_trip_ms = received_ms - sent_ms;
  if (!(round_trip_ms >= 0) || !Number.isFinite(boothT_s)) return estimate;
  const offset_s = boothT_s - (sent_ms + received_ms) / 2000;
  const fresh = estimate.samples.filter((s) => received_ms - s.at_ms <= WINDOW_MS);
  const samples = [...fresh, { at_ms: received_ms, round_trip_ms, offset_s }].slice(-MAX_SAMPLES);
  const best = samples.reduce((a, b) => (b.round_trip_ms <= a.round_trip_ms ? b : a));
  return { samples, offset_s: best.offset_s };
}

/** Booth seconds at a local time, or null before any estimate. */
export function boothTime(estimate: ClockEstimate, local_ms: number): number | null {
  return estimate.offset_s === null ? null : local_ms / 1000 + estimate.offset_s;
}
