// A way out of the screens before the interview.
import type { Booth } from "../shared/live.ts";
import { Button } from "../shared/ui/Button.tsx";
import { t } from "../shared/words.ts";
import type { BoothState } from "../shared/wire.gen.ts";

export function EndButton({ booth, state }: { booth: Booth; state: BoothState }) {
  return (
    <Button kind="quiet" icon="stop" isDisabled={!state.allowed.includes("end")} onPress={() => booth.send({ type: "end" })}>
      {t.button.end}
    </Button>
  );
}
