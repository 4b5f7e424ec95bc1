// Hands a job description or CV to the booth, and takes one back.
import { check, type Check } from "./check.ts";
import type { DocumentCompetency, DocumentLine, DocumentQuestion, DocumentReport } from "./wire.gen.ts";

const { map, text, number, list, oneOf } = check;

export type DocumentKind = DocumentReport["kind"];

const line = map<DocumentLine>({ number, page: number, text });
const competency = map<DocumentCompetency>({ id: text, title: text, lines: list(number) });
const question = map<DocumentQuestion>({ id: text, line: number, text });
export const isReport: Check<DocumentReport> = map<DocumentReport>({
  document: text, kind: oneOf(["job", "cv"]), name: text, role: text, lines: list(line), terms: list(text),
  competencies: list(competency), questions: list(question),
});

export interface Refusal {
  readonly message: string;
  readonly fix: string;
}
const isRefusal: Check<Refusal> = map<Refusal>({ message: text, fix: text });
const ROUTE = "../api/v1/documents";

/** What the booth reads in it, why it does not, or null when it does not answer. */
export async function sendDocument(kind: DocumentKind, body: Blob, name: string, role: string): Promise<DocumentReport | Refusal | null> {
  const query = new URLSearchParams({ role: "phone", kind, practise: role, ...(name === "" ? {} : { name }) });
  try {
    const answer = await fetch(`${ROUTE}?${query.toString()}`, { method: "POST", body });
    const said: unknown = await answer.json();
    return isReport(said) || isRefusal(said) ? said : null;
  } catch {
    return null;
  }
}

/** The booth forgets it; when it cannot be told, it does so by itself. */
export async function dropDocument(document: string): Promise<void> {
  try {
    await fetch(`${ROUTE}/${encodeURIComponent(document)}?role=phone`, { method: "DELETE" });
  } catch {
    // Its time there runs out.
  }
}
