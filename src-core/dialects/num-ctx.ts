// Ollama's `options.num_ctx` in a request body, replaced where it stands or put in: everything else of the body stays byte for byte as it came.
import type { JsonSpan } from "./json-scan.ts";
import { afterSpace, type Edit, edited, valuesOf } from "./json-spans.ts";

const openBrace = 0x7b;
const closeBrace = 0x7d;

/** The body with this context. `body` is one valid JSON object with at least one key; a key given twice is replaced each time, so that it does not matter which one a server reads. */
export function withContext(body: Uint8Array, contextTokens: number): Uint8Array {
  const root = body.indexOf(openBrace);
  if (root < 0) return body;
  const options = valuesOf(body, root, "options");
  if (options.length === 0) return edited(body, [insertAt(root + 1, `"options":{"num_ctx":${contextTokens}},`)]);
  return edited(
    body,
    options.flatMap((span) => editsIn(body, span, contextTokens)),
  );
}

/** What to change inside one `options` value. */
function editsIn(body: Uint8Array, options: JsonSpan, contextTokens: number): readonly Edit[] {
  if (body[options.start] !== openBrace) return [{ ...options, text: `{"num_ctx":${contextTokens}}` }];
  const contexts = valuesOf(body, options.start, "num_ctx");
  if (contexts.length > 0) return contexts.map((span) => ({ ...span, text: String(contextTokens) }));
  const isEmpty = body[afterSpace(body, options.start + 1)] === closeBrace;
  return [insertAt(options.start + 1, `"num_ctx":${contextTokens}${isEmpty ? "" : ","}`)];
}

const insertAt = (at: number, text: string): Edit => ({ start: at, end: at, text });
