// K2: which interview. Defaults are chosen; one touch starts with them.
import { useSignal } from "@preact/signals";
import { Face } from "../../shared/avatar/Face.tsx";
import { Button } from "../../shared/ui/Button.tsx";
import { Choice } from "../../shared/ui/Choice.tsx";
import type { PacingName, StyleName } from "../../shared/locales/en.ts";
import { t } from "../../shared/words.ts";
import { counts, inUnit, minutesOf, TIMES, unitOf, type Length, type Unit } from "../../shared/lengths.ts";
import type { BoothState, SetUpCommand } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { Tools } from "../Tools.tsx";

const STYLES: readonly StyleName[] = ["supportive", "neutral", "cold", "pressure"];
const UNITS: readonly Unit[] = ["questions", "minutes"];
const PACINGS: readonly PacingName[] = ["patient", "normal", "fast"];
type Choices = Pick<SetUpCommand, "role" | "style" | "pacing"> & Length;

function defaults(state: BoothState): Choices {
  const roles = state.roles.map((tile) => tile.role);
  return {
    role: roles.includes(state.role) ? state.role : (roles[0] ?? state.role),
    style: STYLES.find((style) => style === state.style) ?? "supportive",
    questions: state.questions,
    minutes: null,
    pacing: PACINGS.find((pacing) => pacing === state.pacing) ?? "normal",
  };
}

export function SetUpScreen({ booth, state }: ScreenProps) {
  const chosen = useSignal(defaults(state));
  const choose = (part: Partial<Choices>) => (chosen.value = { ...chosen.value, ...part });
  const { role, style, pacing } = chosen.value;
  const counted = counts(state, role);
  const length: Length = { questions: Math.min(chosen.value.questions, counted.at(-1) ?? state.questions), minutes: chosen.value.minutes };
  const phone = booth.view.value.hello?.phone_url ?? "";
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
          <LengthChoice length={length} counted={counted} onChoose={choose} />
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
        {phone !== "" && <p class="form-note">{t.setUp.phone(phone.replace(/^http:\/\//, ""))}</p>}
        <Button
          kind="primary"
          icon="arrow"
          isFirst
          isDisabled={!state.allowed.includes("choose_set_up")}
          isBusy={booth.busy.value === "choose_set_up"}
          onPress={() => booth.send({ type: "choose_set_up", ...chosen.value, ...length })}
        >
          {t.setUp.start}
        </Button>
      </footer>
    </div>
  );
}

interface LengthProps {
  readonly length: Length;
  readonly counted: readonly number[];
  readonly onChoose: (length: Length) => void;
}

/** First whether questions or minutes are counted, then how many. */
function LengthChoice({ length, counted, onChoose }: LengthProps) {
  const unit = unitOf(length);
  return (
    <div class="length">
      <Choice
        legend={t.setUp.length}
        name="unit"
        kind="choice-row"
        isLegendSeen={false}
        value={unit}
        options={UNITS.map((value) => ({ value, label: t.setUp.units[value] }))}
        onChoose={(value) => onChoose(inUnit(value, length))}
      />
      {length.minutes === null && <p class="length-about">{t.setUp.about(minutesOf(length.questions))}</p>}
      <Choice
        legend={t.setUp.units[unit]}
        name="length"
        kind="choice-row"
        isLegendSeen={false}
        value={length.minutes ?? length.questions}
        options={(length.minutes === null ? counted : TIMES).map((value) => ({ value, label: String(value) }))}
        onChoose={(value) => onChoose(length.minutes === null ? { ...length, questions: value } : { ...length, minutes: value })}
      />
    </div>
  );
}
