// K3b: for ten seconds the candidate's eyes follow a dot; the lens is pointed at.
import { useEffect, useState } from "preact/hooks";
import type { Booth } from "../../shared/live.ts";
import { pointAt } from "../../shared/gaze_points.ts";
import { Button } from "../../shared/ui/Button.tsx";
import { Icon } from "../../shared/ui/Icon.tsx";
import { t } from "../../shared/words.ts";
import type { GazePoint } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { Notices } from "../Notices.tsx";

const TICK_MS = 50;

export function GazeCheck({ booth, state }: ScreenProps) {
  const point = usePoint(booth, state.gaze_points);
  return (
    <div class="gaze">
      <h1 class={point === null ? "gaze-title" : "unseen"} tabIndex={-1}>
        {t.gaze.title}
      </h1>
      {point !== null && <Target key={`${point.name}${point.from_t}`} point={point} />}
      <Notices booth={booth} state={state} />
      <footer class="gaze-foot" data-actions="">
        <EndButton booth={booth} state={state} />
        <Button
          kind="quiet"
          icon="arrow"
          isDisabled={!state.allowed.includes("continue")}
          isBusy={booth.busy.value === "continue"}
          onPress={() => booth.send({ type: "continue" })}
        >
          {t.gaze.skip}
        </Button>
      </footer>
    </div>
  );
}

/** What is to be looked at; the lens lies above the screen, so an arrow leads there. */
function Target({ point }: { readonly point: GazePoint }) {
  if (point.name === "lens") {
    return (
      <p class="gaze-lens" data-point="lens">
        <Icon name="arrow" />
        {t.gaze.lens}
      </p>
    );
  }
  return (
    <span
      class="gaze-dot"
      data-point={point.name}
      style={{ insetInlineStart: `${(100 * point.x).toFixed(1)}%`, insetBlockStart: `${(100 * point.y).toFixed(1)}%` }}
    />
  );
}

function usePoint(booth: Booth, points: readonly GazePoint[]): GazePoint | null {
  const [point, setPoint] = useState<GazePoint | null>(null);
  useEffect(() => {
    const show = () => setPoint(pointAt(points, booth.now_t()));
    show();
    const timer = window.setInterval(show, TICK_MS);
    return () => window.clearInterval(timer);
  }, [booth, points]);
  return point;
}
