// P0: what the interview is to ask, before it begins.
import type { Booth } from "../../shared/live.ts";
import type { DocumentKind } from "../../shared/documents.ts";
import { TIMES } from "../../shared/lengths.ts";
import { firstTooLong, MAX_OWN, MAX_OWN_CHARS, ownQuestions } from "../../shared/own_questions.ts";
import { Button } from "../../shared/ui/Button.tsx";
import { Choice } from "../../shared/ui/Choice.tsx";
import { t } from "../../shared/words.ts";
import type { BoothState, SetUpCommand } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { asked, forgetAsked } from "../asked.ts";
import { bring, documents, held, minutes, practised, takeBack, typed } from "../preparation.ts";

const KINDS: readonly DocumentKind[] = ["job", "cv"];

export function Prepare({ booth, state }: ScreenProps) {
  return (
    <form class="prepare" onSubmit={(event) => event.preventDefault()}>
      <h2>{t.prepare.title}</h2>
      <p>{t.prepare.intro}</p>
      <Choice
        legend={t.prepare.role}
        name="practised"
        kind="choice-list"
        value={practised.value === "" ? state.role : practised.value}
        options={state.roles.map((tile) => ({ value: tile.role, label: tile.title }))}
        onChoose={(value) => (practised.value = value)}
      />
      {KINDS.map((kind) => (
        <Document key={kind} kind={kind} />
      ))}
      <p class="prepare-note">{t.prepare.kept}</p>
      <Own />
      <Choice
        legend={t.prepare.time}
        name="minutes"
        kind="choice-row"
        value={minutes.value}
        options={TIMES.map((value) => ({ value, label: t.prepare.minutes(value) }))}
        onChoose={(value) => (minutes.value = value)}
      />
      {asked.value.length > 0 && (
        <p class="prepare-note">
          {t.prepare.asked(asked.value.length)} <Button onPress={forgetAsked}>{t.prepare.forget}</Button>
        </p>
      )}
      <Start booth={booth} state={state} />
    </form>
  );
}

function Document({ kind }: { kind: DocumentKind }) {
  const { pasted, report, refusal, isReading } = documents[kind];
  const what = t.prepare.kinds[kind];
  const take = (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file) void bring(kind, file, file.name);
    input.value = ""; // the same file may be chosen again after it was mended
  };
  return (
    <fieldset class="prepare-document">
      <legend>{what}</legend>
      <label>
        {t.prepare.paste(what)}
        <textarea rows={4} value={pasted.value} onInput={(event) => (pasted.value = event.currentTarget.value)} />
      </label>
      <Button
        isDisabled={pasted.value.trim() === "" || isReading.value}
        isBusy={isReading.value}
        onPress={() => void bring(kind, new Blob([pasted.value], { type: "text/plain" }), "")}
      >
        {t.prepare.send(what)}
      </Button>
      <label>
        {t.prepare.file(what)}
        <input type="file" accept=".pdf,.txt,application/pdf,text/plain" disabled={isReading.value} onChange={(event) => take(event.currentTarget)} />
      </label>
      <div role="status">
        {isReading.value && <p>{t.prepare.reading}</p>}
        {refusal.value !== null && (
          <p class="notice notice-error">
            {refusal.value.message} {refusal.value.fix}
          </p>
        )}
        {report.value !== null && <Found kind={kind} />}
      </div>
    </fieldset>
  );
}

/** What may be asked, and the line that each question comes from. */
function Found({ kind }: { kind: DocumentKind }) {
  const report = documents[kind].report.value;
  if (report === null) return null;
  const quotes = new Map(report.lines.map((line) => [line.number, line.text]));
  return (
    <>
      <p>{t.prepare.found(report.questions.length)}</p>
      <ul class="prepare-found">
        {report.questions.map((question) => (
          <li key={question.id}>
            <span dir="auto">{question.text}</span>
            <small dir="auto">{t.prepare.line(question.line, quotes.get(question.line) ?? "")}</small>
          </li>
        ))}
      </ul>
      <Button onPress={() => takeBack(kind)}>{t.prepare.remove(t.prepare.kinds[kind])}</Button>
    </>
  );
}

/** What keeps the typed questions from being sent; empty when nothing does. */
function ownFault(): string {
  const questions = ownQuestions(typed.value);
  const tooLong = firstTooLong(questions);
  if (tooLong > 0) return t.prepare.ownFault(tooLong, MAX_OWN_CHARS);
  return questions.length > MAX_OWN ? t.prepare.ownMany(MAX_OWN) : "";
}

function Own() {
  const fault = ownFault();
  return (
    <label class="prepare-own">
      {t.prepare.own}
      <textarea
        rows={3}
        value={typed.value}
        aria-describedby="own-hint"
        aria-invalid={fault !== ""}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      <small id="own-hint" class={fault === "" ? "" : "prepare-fault"}>
        {fault === "" ? t.prepare.ownHint(MAX_OWN, MAX_OWN_CHARS) : fault}
      </small>
    </label>
  );
}

function wish(state: BoothState): Omit<SetUpCommand, "command_id"> {
  const { style, pacing } = state as BoothState & Pick<SetUpCommand, "style" | "pacing">;
  return {
    type: "choose_set_up", role: practised.value === "" ? state.role : practised.value, style, pacing, questions: state.questions,
    minutes: minutes.value, documents: held(), questions_own: ownQuestions(typed.value), asked: asked.value,
  };
}

function Start({ booth, state }: { booth: Booth; state: BoothState }) {
  const isReading = documents.job.isReading.value || documents.cv.isReading.value;
  const mayStart = state.allowed.includes("choose_set_up") && booth.link.value === "live";
  return (
    <>
      {booth.remark.value !== "" && <p class="notice notice-warn">{booth.remark.value}</p>}
      {!mayStart && <p class="prepare-note">{t.prepare.wait}</p>}
      <Button
        kind="primary"
        icon="arrow"
        isDisabled={!mayStart || isReading || ownFault() !== ""}
        isBusy={booth.busy.value === "choose_set_up"}
        onPress={() => booth.send(wish(state))}
      >
        {t.prepare.start}
      </Button>
    </>
  );
}
