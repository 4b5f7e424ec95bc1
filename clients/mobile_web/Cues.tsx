// Two words for the candidate while they answer, and the switch that asks for them; both only on the candidate's own phone.
import { useEffect, useState } from "preact/hooks";
import type { Booth } from "../shared/live.ts";
import { vibrates } from "../shared/prefs.ts";
import { t } from "../shared/words.ts";
import type { BoothState, Cue } from "../shared/wire.gen.ts";

const BUZZ_MS = 60;
const CAN_VIBRATE = "vibrate" in navigator;

/** Stands over the words already said, so that nothing moves when it comes and goes, and the state line stays in view. */
export function CueLine({ booth }: { booth: Booth }) {
  const { cue } = booth.view.value;
  const [shown, show] = useState<Cue | null>(null);
  useEffect(() => {
    show(cue);
    if (cue === null) return undefined;
    if (vibrates.value && CAN_VIBRATE) navigator.vibrate(BUZZ_MS);
    const timer = window.setTimeout(() => show(null), cue.show_s * 1000);
    return () => window.clearTimeout(timer);
  }, [cue]);
  return (
    <div class="cue" role="status" aria-live="polite">
      {shown && <p>{shown.text}</p>}
    </div>
  );
}

/** While nobody answers; off until it is asked for. */
export function CueChoice({ booth, state }: { booth: Booth; state: BoothState }) {
  if (booth.view.value.hello?.role !== "phone" || !state.allowed.includes("show_cues")) return null;
  return (
    <fieldset class="cue-choice">
      <legend>{t.phone.cues.title}</legend>
      <Tick label={t.phone.cues.show} isOn={state.cues} onChange={(is_on) => booth.send({ type: "show_cues", is_on })} />
      {state.cues && CAN_VIBRATE && (
        <Tick
          label={t.phone.cues.vibrate}
          isOn={vibrates.value}
          onChange={(isOn) => {
            vibrates.value = isOn;
          }}
        />
      )}
      <p>{t.phone.cues.note}</p>
    </fieldset>
  );
}

/** Shows what holds, not what was tapped: the booth may refuse. */
function Tick({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const ask = (box: HTMLInputElement): void => {
    const wanted = box.checked;
    box.checked = isOn;
    onChange(wanted);
  };
  return (
    <label>
      <input type="checkbox" role="switch" checked={isOn} onChange={(event) => ask(event.currentTarget)} />
      {label}
    </label>
  );
}
