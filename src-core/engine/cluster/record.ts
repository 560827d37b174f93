// Values of the shared bucket as text and back. What cannot be read counts as not there: the next writer replaces it.
import type { z } from "zod";

/** Undefined where there is nothing that fits. */
export function read<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined || text.length > 256 * 1024) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
