// * Engines and devices in words.
import type { DeviceState, EngineState } from "./wire.gen.ts";
import { t } from "./words.ts";

export function deviceText(device: DeviceState): string {
  const name = t.devices.names[device.kind] ?? device.kind;
  return `${name} ${t.devices.states[device.state] ?? device.state}`;
}

export function engineText(engine: EngineState): string {
  const capability = t.engines.names[engine.capability] ?? engine.capability;
  if (engine.is_lost) return `${capability}: ${t.engines.lost}`;
  return `${capability}: ${engine.name}`;
}

const HELPERS: ReadonlySet<string> = new Set(["body", "meaning", "objects", "pitch", "sentence_ends", "sounds"]);

/** Whether an engine is named where there is one line for all: those that help others only when they are lost. */
export function isMain(engine: EngineState): boolean {
  return engine.is_lost || !HELPERS.has(engine.capability);
}

/** Whether a device needs a word on the screen. */
export function isTroubled(device: DeviceState): boolean {
  return device.state !== "ok";
}
