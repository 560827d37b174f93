// Lists of models as nodes send them, read with bounds: a node may be wrong or hostile, and one bad entry must not cost the others (S-25, S-31).
import { z } from "zod";
import { ModelId } from "../contract/ids.ts";

/** More models than any node really has; the rest is not read. */
export const mostModels = 2_000;
const mostAliases = 32;

/** An array whose bad entries are dropped and whose length is bounded, before anything else looks at it. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.array(z.unknown()).transform((items) =>
    items.slice(0, mostModels).flatMap((entry): z.output<T>[] => {
      const parsed = item.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

/** A name for a model that may be shown and sent, or undefined. */
export function modelIdOf(name: string): ModelId | undefined {
  const parsed = ModelId.safeParse(name);
  return parsed.success ? parsed.data : undefined;
}

/** A size or a number of tokens; anything else than a positive whole number means "not said". */
export const Positive = z.number().int().positive().optional().catch(undefined);

/** A short text, absent when empty or of another type. */
export const Word = z
  .string()
  .max(200)
  .transform((text) => (text === "" ? undefined : text))
  .optional()
  .catch(undefined);

/** Other names of a model, without its own. */
export function aliasesOf(names: readonly string[] | undefined, id: ModelId): readonly string[] | undefined {
  const others = (names ?? []).filter((name) => name !== id && modelIdOf(name) !== undefined).slice(0, mostAliases);
  return others.length === 0 ? undefined : others;
}

/** Strings of a list that may be missing or of another type. */
export const Strings = z.array(z.string()).optional().catch(undefined);
