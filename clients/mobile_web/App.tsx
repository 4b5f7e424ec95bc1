// Which screen the phone shows.
import type { Booth } from "../shared/live.ts";
import { LiveRegion } from "../shared/ui/LiveRegion.tsx";
import { t } from "../shared/words.ts";
import type { BoothState } from "../shared/wire.gen.ts";
import { Header } from "./Header.tsx";
import { Prepare } from "./screens/p0_prepare.tsx";
import { Live } from "./screens/p1_live.tsx";
import { ReportCard } from "./screens/p3_report.tsx";
import { Waiting } from "./screens/p_waiting.tsx";

export interface ScreenProps {
  readonly booth: Booth;
  readonly state: BoothState;
}

export function App({ booth }: { booth: Booth }) {
  const state = booth.state.value;
  return (
    <div class="page" data-phase={state?.phase ?? "none"}>
      <Header booth={booth} />
      {booth.view.value.isWrongVersion && <p class="notice notice-error">{t.link.version}</p>}
      <main class={booth.link.value === "live" ? "" : "is-late"}>
        {state === null ? <p class="waiting-text">{t.link.connecting}</p> : <Screen booth={booth} state={state} />}
      </main>
      <LiveRegion booth={booth} />
    </div>
  );
}

function Screen({ booth, state }: ScreenProps) {
  switch (state.phase) {
    case "greeting":
    case "asking":
    case "listening":
    case "thinking":
    case "paused":
    case "closing":
      return <Live booth={booth} state={state} />;
    case "report":
      return <ReportCard booth={booth} state={state} />;
    case "attract":
    case "consent":
    case "set_up":
      return (
        <>
          <Waiting booth={booth} state={state} />
          {booth.view.value.hello?.role === "phone" && <Prepare booth={booth} state={state} />}
        </>
      );
    default:
      return <Waiting booth={booth} state={state} />;
  }
}
