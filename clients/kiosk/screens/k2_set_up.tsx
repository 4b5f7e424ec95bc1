// K2: which interview. Defaults are chosen; one touch starts with them.
import { useSignal } from "@preact/signals";
import { Face } from "../../shared/avatar/Face.tsx";
import { Button } from "../../shared/ui/Button.tsx";
import { Choice } from "../../shared/ui/Choice.tsx";
import type { PacingName, StyleName } from "../../shared/locales/en.ts";
import { t } from "../../shared/words.ts";
import type { BoothState, SetUpCommand } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { Tools } from "../Tools.tsx";

const STYLES: readonly StyleName[] = ["supportive", "neutral", "cold", "pressure"];
const LENGTHS: readonly number[] = [3, 4, 6];
/** What the booth offers first stands among the usual lengths. */
const lengths = (offered: number) => [...new Set([...LENGTHS, offered])].sort((a, b) => a - b);
const PACINGS: readonly PacingName[] = ["patient", "normal", "fast"];
type Choices = Omit<SetUpCommand, "type" | "command_id">;

function defaults(state: BoothState): Choices {
  const roles = state.roles.map((tile) => tile.role);
  return {
    role: roles.includes(state.role) ? state.role : (roles[0] ?? state.role),
    style: STYLES.find((style) => style === state.style) ?? "supportive",
    questions: state.questions,
    pacing: PACINGS.find((pacing) => pacing === state.pacing) ?? "normal",
  };
}

export function SetUpScreen({ booth, state }: ScreenProps) {
  const chosen = useSignal(defaults(state));
  const choose = (part: Partial<Choices>) => (chosen.value = { ...chosen.value, ...part });
  const { role, style, questions, pacing } = chosen.value;
  return (
    <div class="form form-set-up">
      <header class="form-head">
        <h1 tabIndex={-1}>{t.setUp.title}</h1>
        <Tools booth={booth} />
      </header>
      <div class="form-columns">
        <Choice
          legend={t.setUp.role}
          name="role"
          kind="choice-roles"
          value={role}
          options={state.roles.map((tile) => ({ value: tile.role, label: tile.title }))}
          onChoose={(value) => choose({ role: value })}
        />
        <Choice
            legend={t.setUp.interviewer}
            name="style"
            kind="choice-styles"
            value={style}
            options={STYLES.map((value) => ({
              value,
              label: t.setUp.styles[value][0],
              detail: t.setUp.styles[value][1],
              picture: (
                <span class="choice-picture">
                  <Face style={value} word="idle" label="" />
                </span>
              ),
            }))}
            onChoose={(value) => choose({ style: value })}
          />
        <div class="form-column">
          <Choice
            legend={t.setUp.length}
            name="questions"
            kind="choice-row"
            value={questions}
            options={lengths(state.questions).map((value) => ({ value, label: String(value), detail: t.setUp.minutes(value) }))}
            onChoose={(value) => choose({ questions: value })}
          />
          <Choice
            legend={t.setUp.pacing}
            name="pacing"
            kind="choice-row"
            value={pacing}
            options={PACINGS.map((value) => ({ value, label: t.setUp.pacings[value] }))}
            onChoose={(value) => choose({ pacing: value })}
          />
        </div>
      </div>
      <footer class="form-foot" data-actions="">
        <EndButton booth={booth} state={state} />
        <Button
          kind="primary"
          icon="arrow"
          isFirst
          isDisabled={!state.allowed.includes("choose_set_up")}
          isBusy={booth.busy.value === "choose_set_up"}
          onPress={() => booth.send({ type: "choose_set_up", ...chosen.value })}
        >
          {t.setUp.start}
        </Button>
      </footer>
    </div>
  );
}
