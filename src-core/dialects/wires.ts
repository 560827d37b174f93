// The table of dialects. Adding one is one file and one row.
import type { Dialect } from "../contract/node-kinds.ts";
import { anthropic } from "./anthropic.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { responses } from "./responses.ts";
import type { Wire } from "./wire.ts";

export const wires: Readonly<Record<Dialect, Wire>> = { openai, ollama, anthropic, responses };
