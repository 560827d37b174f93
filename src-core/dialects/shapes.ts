// Small safe readers for untrusted JSON: every look may meet another type, and none throws.

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What some servers begin a body with; no part of what they say. */
export const byteOrderMark = "\uFEFF";

/** The value parsed, or undefined where it is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.startsWith(byteOrderMark) ? parsed(text.slice(1)) : undefined;
  }
}

/** A field of an object, or undefined where it is none. */
export function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function numberIn(value: unknown, key: string): number | undefined {
  const found = field(value, key);
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
}

export function textIn(value: unknown, key: string): string | undefined {
  const found = field(value, key);
  return typeof found === "string" ? found : undefined;
}

export function listIn(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

/** Null, nothing, an empty text, list or object: what a frame carries where it has nothing to say. */
export function isEmpty(value: unknown): boolean {
  if (value == null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** True if the value is no object, or says something under any key besides these. */
export function saysMoreThan(silent: ReadonlySet<string>, value: unknown): boolean {
  return !isObject(value) || Object.keys(value).some((key) => !silent.has(key) && !isEmpty(value[key]));
}

/** True if the text ends as a whole JSON object or list would. Its beginning may be missing. */
export function endsJson(text: string): boolean {
  return /[}\]]\s*$/.test(text.slice(-64));
}
