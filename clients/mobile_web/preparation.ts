// What the candidate brings: job description, CV, own questions. Lives in the page, and goes with the session.
import { effect, signal, type Signal } from "@preact/signals";
import { dropDocument, isReport, sendDocument, type DocumentKind, type Refusal } from "../shared/documents.ts";
import type { Booth } from "../shared/live.ts";
import type { DocumentReport } from "../shared/wire.gen.ts";
import { t } from "../shared/words.ts";

export interface Brought {
  readonly pasted: Signal<string>;
  readonly report: Signal<DocumentReport | null>;
  readonly refusal: Signal<Refusal | null>;
  readonly isReading: Signal<boolean>;
}

const brought = (): Brought => ({ pasted: signal(""), report: signal(null), refusal: signal(null), isReading: signal(false) });
export const documents: Readonly<Record<DocumentKind, Brought>> = { job: brought(), cv: brought() };
export const typed = signal("");
/** Empty: the booth's first. */
export const practised = signal("");
export const minutes = signal(10);

/** Has a text or a file read; what was read before gives way. */
export async function bring(kind: DocumentKind, body: Blob, name: string): Promise<void> {
  const { report, refusal, isReading } = documents[kind];
  if (isReading.value) return;
  isReading.value = true;
  refusal.value = null;
  const answer = await sendDocument(kind, body, name, practised.value);
  isReading.value = false;
  if (answer === null) refusal.value = { message: t.prepare.unreachable, fix: "" };
  else if (isReport(answer)) {
    if (report.value !== null) void dropDocument(report.value.document);
    report.value = answer;
  } else refusal.value = answer;
}

export function takeBack(kind: DocumentKind): void {
  const { report, pasted, refusal } = documents[kind];
  if (report.value !== null) void dropDocument(report.value.document);
  report.value = refusal.value = null;
  pasted.value = "";
}

/** Ids of what the booth holds. */
export function held(): readonly string[] {
  return [documents.job, documents.cv].flatMap(({ report }) => (report.value === null ? [] : [report.value.document]));
}

function forget(): void {
  for (const { pasted, report, refusal } of Object.values(documents)) {
    pasted.value = "";
    report.value = refusal.value = null;
  }
  typed.value = practised.value = "";
}

/** A booth that began anew, or whose candidate has left, holds nothing; neither does this page. */
export function forgetWithSession(booth: Booth): void {
  let before = { boot: "", hadSession: false };
  effect(() => {
    const boot = booth.view.value.hello?.boot_id ?? "";
    const hadSession = (booth.state.value?.session ?? null) !== null;
    if ((before.boot !== "" && boot !== before.boot) || (before.hadSession && !hadSession)) forget();
    before = { boot, hadSession };
  });
}
