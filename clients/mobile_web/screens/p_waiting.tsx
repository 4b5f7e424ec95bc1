// Before and after the interview.
import { deviceText, isTroubled } from "../../shared/about.ts";
import { Icon } from "../../shared/ui/Icon.tsx";
import { t } from "../../shared/words.ts";
import type { BoothState } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { noticeText } from "../notice_text.ts";

/** The interview is planned, and has not begun. */
const CHECKING: ReadonlySet<BoothState["phase"]> = new Set(["sensor_check", "gaze_check"]);

export function Waiting({ state }: ScreenProps) {
  return (
    <section class="waiting">
      <Icon name="person" />
      <p class="waiting-text">{t.phone.waiting[state.phase]}</p>
      {state.notice && <p class="notice">{noticeText(state.notice)}</p>}
      {CHECKING.has(state.phase) && state.documents_note !== "" && <p class="notice">{state.documents_note}</p>}
      {state.devices.filter(isTroubled).map((device) => (
        <p key={device.kind} class="notice">
          {deviceText(device)}
        </p>
      ))}
    </section>
  );
}
