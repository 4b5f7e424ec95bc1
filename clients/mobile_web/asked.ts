// Which questions this phone's owner was asked, in this and in other interviews: ids only, none of their words.
import { effect, signal } from "@preact/signals";
import type { Booth } from "../shared/live.ts";

const KEY = "greenroom-asked";
const MOST = 400;

export const asked = signal<readonly string[]>(read());

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string" && id.length <= 64).slice(-MOST) : [];
  } catch {
    return []; // Storage is shut, or holds something else: the phone remembers while the page is open.
  }
}

function keep(ids: readonly string[]): void {
  asked.value = ids;
  try {
    if (ids.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // As above.
  }
}

export function forgetAsked(): void {
  keep([]);
}

/** Remembers what is asked while this page steers. A page that only looks is not the candidate's. */
export function rememberAsked(booth: Booth): void {
  effect(() => {
    const id = booth.state.value?.question?.id ?? "";
    if (id === "" || booth.view.value.hello?.role !== "phone" || asked.peek().includes(id)) return;
    keep([...asked.peek(), id].slice(-MOST));
  });
}
