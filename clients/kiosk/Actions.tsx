// The button row: what can be done now, and End behind one question.
import { useSignal } from "@preact/signals";
import type { Booth, Wish } from "../shared/live.ts";
import { Button } from "../shared/ui/Button.tsx";
import { Dialog } from "../shared/ui/Dialog.tsx";
import type { IconName } from "../shared/ui/Icon.tsx";
import { t } from "../shared/words.ts";
import type { BoothState } from "../shared/wire.gen.ts";

interface Action {
  readonly wish: Wish;
  readonly label: string;
  readonly icon: IconName;
}

/** Only shown while it can be done: before an answer has begun. */
const AGAIN: Action = { wish: { type: "retry" }, label: t.button.retry, icon: "repeat" };

function actionsOf(state: BoothState): readonly Action[] {
  switch (state.phase) {
    case "greeting":
      return [{ wish: { type: "continue" }, label: t.greeting.start, icon: "play" }];
    case "paused":
      return [{ wish: { type: "resume" }, label: t.paused.proceed, icon: "play" }];
    case "closing":
      return [];
    default:
      return [
        { wish: { type: "done", turn: state.turn }, label: t.button.done, icon: "check" },
        { wish: { type: "repeat" }, label: t.button.repeat, icon: "repeat" },
        { wish: { type: "skip", turn: state.turn }, label: t.button.skip, icon: "skip" },
        { wish: { type: "pause" }, label: t.button.pause, icon: "pause" },
        ...(state.allowed.includes("retry") ? [AGAIN] : []),
      ];
  }
}

export function Actions({ booth, state }: { booth: Booth; state: BoothState }) {
  const isEnding = useSignal(false);
  const may = (type: string) => state.allowed.includes(type);
  const busy = booth.busy.value;
  return (
    <div class="actions" data-actions="">
      {actionsOf(state).map(({ wish, label, icon }, k) => (
        <Button
          key={wish.type}
          kind={k === 0 ? "primary" : "plain"}
          icon={icon}
          isDisabled={!may(wish.type)}
          isBusy={busy === wish.type}
          onPress={() => booth.send(wish)}
        >
          {label}
        </Button>
      ))}
      <Button kind="quiet" icon="stop" isDisabled={!may("end")} isBusy={busy === "end"} onPress={() => (isEnding.value = true)}>
        {t.button.end}
      </Button>
      {isEnding.value && (
        <Dialog title={t.endDialog.title} onClose={() => (isEnding.value = false)}>
          <p>{t.endDialog.text}</p>
          <div class="dialog-buttons" data-actions="">
            <Button kind="primary" onPress={() => (isEnding.value = false)}>
              {t.button.cancel}
            </Button>
            <Button
              kind="danger"
              onPress={() => {
                isEnding.value = false;
                booth.send({ type: "end" });
              }}
            >
              {t.endDialog.confirm}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
