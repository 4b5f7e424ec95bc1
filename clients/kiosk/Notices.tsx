// What the candidate should know: the booth's notice, a missing device, an unused document, a command that failed.
import type { Booth } from "../shared/live.ts";
import { Icon } from "../shared/ui/Icon.tsx";
import { isStillThere } from "../shared/notices.ts";
import { t } from "../shared/words.ts";
import type { BoothState, Notice } from "../shared/wire.gen.ts";

export function Notices({ booth, state }: { booth: Booth; state: BoothState }) {
  const lines = linesOf(state, booth.remark.value);
  return (
    <div class="notices">
      {lines.map(({ text, severity }) => (
        <p key={text} class={`notice notice-${severity}`}>
          <Icon name={severity === "info" ? "info" : "warn"} />
          <span>{text}</span>
        </p>
      ))}
    </div>
  );
}

/** Whether there is anything to say. */
export function hasNotices(booth: Booth, state: BoothState): boolean {
  return linesOf(state, booth.remark.value).length > 0;
}

interface Line {
  readonly text: string;
  readonly severity: Notice["severity"];
}

function linesOf(state: BoothState, remark: string): readonly Line[] {
  const lines: Line[] = [];
  if (state.notice && !isStillThere(state.notice)) lines.push(state.notice);
  else if (has(state, "microphone", "absent")) lines.push({ text: t.devices.noMicrophone, severity: "warn" });
  else if (has(state, "camera", "lost")) lines.push({ text: t.devices.cameraLost, severity: "info" });
  if (state.phase === "greeting" && state.documents_note !== "") lines.push({ text: state.documents_note, severity: "info" });
  if (remark) lines.push({ text: remark, severity: "warn" });
  return lines;
}

function has(state: BoothState, kind: string, word: string): boolean {
  return state.devices.some((device) => device.kind === kind && device.state === word);
}
