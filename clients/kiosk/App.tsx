// Which screen the phase asks for, and what lies over it.
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Booth } from "../shared/live.ts";
import { LiveRegion } from "../shared/ui/LiveRegion.tsx";
import { t } from "../shared/words.ts";
import type { BoothState, Phase } from "../shared/wire.gen.ts";
import { focusScreen } from "./keys.ts";
import { LinkOverlay } from "./LinkOverlay.tsx";
import { Attract } from "./screens/k0_attract.tsx";
import { ConsentScreen } from "./screens/k1_consent.tsx";
import { SetUpScreen } from "./screens/k2_set_up.tsx";
import { GazeCheck } from "./screens/k3b_gaze_check.tsx";
import { SensorCheck } from "./screens/k3_sensor_check.tsx";
import { Interview } from "./screens/k4_to_k8_interview.tsx";
import { Report } from "./screens/k10_report.tsx";
import { Goodbye } from "./screens/k11_goodbye.tsx";
import { StillThere } from "./screens/k12_still_there.tsx";
import { Calm } from "./screens/k_calm.tsx";

export interface ScreenProps {
  readonly booth: Booth;
  readonly state: BoothState;
}

/** Phases that share a screen keep their elements, so that the interviewer's face goes on. */
const SCREEN_OF: Readonly<Record<Phase, string>> = {
  starting: "calm",
  unavailable: "calm",
  attract: "attract",
  consent: "consent",
  set_up: "set_up",
  sensor_check: "sensor_check",
  gaze_check: "gaze_check",
  greeting: "interview",
  asking: "interview",
  listening: "interview",
  thinking: "interview",
  paused: "interview",
  closing: "interview",
  report: "report",
  goodbye: "goodbye",
};

export function App({ booth }: { booth: Booth }) {
  const state = booth.state.value;
  const screen = state === null ? "none" : SCREEN_OF[state.phase];
  const main = useRef<HTMLElement>(null);
  useNewDocument(booth, state?.phase ?? null);
  useEffect(() => {
    if (main.current) focusScreen(main.current);
  }, [screen]);
  const isUsable = useComputed(() => booth.link.value === "live" || booth.link.value === "connecting");
  return (
    <>
      <main ref={main} class={`screen screen-${screen}`} data-phase={state?.phase ?? "none"} inert={!isUsable.value} key={screen}>
        {state === null ? <h1 class="unseen" tabIndex={-1}>{t.product}</h1> : <Screen name={screen} booth={booth} state={state} />}
      </main>
      <StillThere booth={booth} />
      <LinkOverlay booth={booth} />
      <LiveRegion booth={booth} />
    </>
  );
}

function Screen({ name, booth, state }: ScreenProps & { name: string }) {
  switch (name) {
    case "attract":
      return <Attract booth={booth} state={state} />;
    case "consent":
      return <ConsentScreen booth={booth} state={state} />;
    case "set_up":
      return <SetUpScreen booth={booth} state={state} />;
    case "sensor_check":
      return <SensorCheck booth={booth} state={state} />;
    case "gaze_check":
      return <GazeCheck booth={booth} state={state} />;
    case "interview":
      return <Interview booth={booth} state={state} />;
    case "report":
      return <Report booth={booth} state={state} />;
    case "goodbye":
      return <Goodbye booth={booth} state={state} />;
    default:
      return <Calm booth={booth} state={state} />;
  }
}

/** The next candidate gets a new document: nothing of the one before is left in this page's memory. */
function useNewDocument(booth: Booth, phase: Phase | null): void {
  const before = useRef<Phase | null>(null);
  useEffect(() => {
    if (before.current === "goodbye" && phase === "attract") {
      booth.leave();
      location.replace(location.href);
    }
    before.current = phase;
  }, [phase]);
}
