// Takes secrets out of anything on its way to a log or a message: by the name of a field and by the look of a value (S-81).
// Errors are opened up: a secret in a message, a cause or a stack is as readable as one in a field.

const secretName = /^(?:.*[-_])?(?:authorization|api[-_]?key|apikey|secret|token|password|passwd|cookie|credentials?)$/i;
/** True for the name of a field whose value is a secret by itself: "api_key", "Authorization". */
export const isSecretName = (name: string): boolean => secretName.test(name);
/** Content has no place in a log at all (S-80). */
const contentName = /^(?:prompt|messages|content|input|completion|tool_?args|arguments|query|body)$/i;
const secretValues: readonly RegExp[] = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi,
  /\b(?:sk|pk|rk|hf|gsk|ghp|xox[abp])[-_][A-Za-z0-9_-]{6,}/g,
  /(?<=:\/\/)[^\s/@]+@/g,
  /(?<=[?&](?:api[-_]?key|key|token|secret|password)=)[^&\s"']+/gi,
];
/** Stands where a secret stood. */
export const hidden = "[redacted]";
const deepest = 6;

/** What every secret value has somewhere: told by one look, so that the ordinary line costs one. */
const maySecret = /bearer|basic|(?:sk|pk|rk|hf|gsk|ghp|xox[abp])[-_]|:\/\/|[?&]/i;

/** The text with everything that looks like a secret replaced. */
export function redactText(text: string): string {
  if (!maySecret.test(text)) return text;
  return secretValues.reduce(
    (rest, pattern) =>
      rest.replace(pattern, (match) => (/^(?:bearer|basic)\s/i.test(match) ? `${match.split(/\s/)[0]} ${hidden}` : hidden)),
    text,
  );
}

/** A copy of `value` that is safe to log. Cycles and great depth end in "[…]". */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return "[…]";
  if (value instanceof Error) {
    const { name, message, stack, cause, ...more } = value;
    return redact({ name: name ?? value.name, message, stack, ...(cause === undefined ? {} : { cause }), ...more }, depth + 1);
  }
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFields({ ...value }, depth);
}

/** Field names are few and come again with every line. */
const nameVerdicts = new Map<string, "secret" | "content" | "plain">();
const mostNames = 1_000;

function verdictOn(name: string): "secret" | "content" | "plain" {
  const known = nameVerdicts.get(name);
  if (known !== undefined) return known;
  const verdict = secretName.test(name) ? "secret" : contentName.test(name) ? "content" : "plain";
  if (nameVerdicts.size < mostNames) nameVerdicts.set(name, verdict);
  return verdict;
}

/** True where every field is plain: a known name, and a value in which nothing can hide. Then a line needs no copy of its fields. */
export function needsNoRedaction(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    if (verdictOn(name) !== "plain") return false;
    if (typeof value === "string" ? maySecret.test(value) : typeof value !== "number" && typeof value !== "boolean") return false;
  }
  return true;
}

/** As `redact`, for the fields of a line. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    const verdict = verdictOn(name);
    const hide = verdict === "secret" || (verdict === "content" && typeof value !== "number");
    safe[name] = hide ? hidden : redact(value, depth + 1);
  }
  return safe;
}
