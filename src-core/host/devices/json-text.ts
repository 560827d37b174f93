// JSON in the output of a tool that also prints warnings: before it, after it, and with words where numbers are expected.

/** The first object or list in a text; undefined where there is none that can be read. */
export function jsonIn(text: string): unknown {
  for (const found of text.matchAll(/^[ \t]*[[{]/gm)) {
    const from = found.index + found[0].length - 1;
    const close = text[from] === "[" ? "]" : "}";
    for (let to = text.lastIndexOf(close); to > from; to = text.lastIndexOf(close, to - 1)) {
      const value = parsed(text.slice(from, to + 1));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field of a fields object by the first of these names that is there. */
export function fieldOf(value: unknown, ...names: readonly string[]): unknown {
  if (!isFields(value)) return undefined;
  for (const name of names) if (Object.hasOwn(value, name)) return value[name];
  return undefined;
}

/** As text: a number or a string; a `{value, unit}` pair as "value unit". */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const inner = fieldOf(value, "value");
  const unit = fieldOf(value, "unit");
  return typeof inner === "string" || typeof inner === "number" ? `${inner}${typeof unit === "string" ? ` ${unit}` : ""}` : undefined;
}
