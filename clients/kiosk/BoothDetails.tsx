// Engines, devices and version: for whoever wants to know, small.
import { deviceText, engineText, isMain, isTroubled } from "../shared/about.ts";
import type { Booth } from "../shared/live.ts";
import { Icon, type IconName } from "../shared/ui/Icon.tsx";
import { t } from "../shared/words.ts";

const DEVICE_ICONS: Readonly<Record<string, IconName>> = { microphone: "microphone", speaker: "speaker", camera: "camera" };

export function BoothDetails({ booth }: { booth: Booth }) {
  const { state, hello } = booth.view.value;
  if (state === null) return null;
  return (
    <section class="booth-details" aria-label={t.display.about}>
      <p>{state.devices.map(deviceText).join(" \u00B7 ")}</p>
      <p>{state.engines.map(engineText).join(" \u00B7 ")}</p>
      <p>
        {hello?.booth} {"\u00B7"} {t.product} {hello?.version}
      </p>
    </section>
  );
}

/** One line of devices and engines under a screen that shows everything. */
export function BoothFooter({ booth }: { booth: Booth }) {
  const { state } = booth.view.value;
  if (state === null) return null;
  return (
    <footer class="booth-footer">
      {state.devices.map((device) => (
        <span key={device.kind} class="footer-device">
          <Icon name={DEVICE_ICONS[device.kind] ?? "info"} />
          {isTroubled(device) ? <span>{deviceText(device)}</span> : <span class="unseen">{deviceText(device)}</span>}
          <Icon name={isTroubled(device) ? "warn" : "check"} />
        </span>
      ))}
      <span class="footer-engines">
        {state.engines.filter(isMain).map((engine) => (engine.is_lost ? engineText(engine) : engine.name)).join(" \u00B7 ")}
      </span>
    </footer>
  );
}
