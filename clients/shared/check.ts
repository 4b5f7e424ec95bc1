// * Checks that data has the shape of a type; the compiler holds the checks against the generated types.

export type Check<T> = (value: unknown) => value is T;

const text: Check<string> = (value): value is string => typeof value === "string";
const number: Check<number> = (value): value is number => typeof value === "number" && Number.isFinite(value);
const flag: Check<boolean> = (value): value is boolean => typeof value === "boolean";

const bytes: Check<Uint8Array> = (value): value is Uint8Array => value instanceof Uint8Array;

function fixed<T extends string>(word: T): Check<T> {
  return (value): value is T => value === word;
}

function oneOf<T extends string>(words: readonly T[]): Check<T> {
  return (value): value is T => (words as readonly unknown[]).includes(value);
}

function orNull<T>(inner: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || inner(value);
}

function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(item);
}

function pair<T>(item: Check<T>): Check<readonly [T, T]> {
  return (value): value is readonly [T, T] => Array.isArray(value) && value.length === 2 && value.every(item);
}

/** Every field of T must have its check; fields that T does not know are let through. */
function map<T extends object>(fields: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const entries = Object.entries(fields) as [string, Check<unknown>][];
  return (value): value is T =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    entries.every(([name, holds]) => holds((value as Record<string, unknown>)[name]));
}

export const check = { text, number, flag, bytes, fixed, oneOf, orNull, list, pair, map };
