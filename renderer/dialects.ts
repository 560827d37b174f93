// Whether a request goes to its node as it came, or in another dialect, in a person's words.
import type { Dialect } from "../src-core/contract/node-kinds.ts";
import { words } from "./language/words.ts";

export function isTranslated(asked: Dialect, spoken: Dialect | undefined): spoken is Dialect {
  return spoken !== undefined && spoken !== asked;
}

const { dialects, passage } = words.vocabulary;

/** "OpenAI, passed through", or "OpenAI → Ollama, translated". `spoken`: the node's, where it is another than the client's. */
export function passageSays(asked: Dialect, spoken: Dialect | undefined): string {
  return isTranslated(asked, spoken) ? passage.translated(dialects[asked], dialects[spoken]) : passage.asItCame(dialects[asked]);
}
