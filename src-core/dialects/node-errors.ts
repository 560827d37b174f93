// What a node's error text means. Phrases are anchored at word boundaries: a bare "oom" must not match "room" (source-systems.md 5.8).
import { type Failure, fail } from "../contract/failure.ts";
import { field, textIn } from "./shapes.ts";

const memoryPhrases =
  /\b(out[- ]of[- ]memory|insufficient memory|model requires more system memory|failed to allocate|cudaMalloc failed|ggml_cuda_host_malloc|unable to load full model on GPU|OOM)\b/i;
const loadPhrases =
  /\b(failed to load|error loading model|llama-server process has terminated|runner process has terminated|exceeds file size|timed out waiting for llama-server to start)\b/i;
const detailLength = 600;

/** True if the text says that memory ran out; never for a file that is merely corrupt. */
export function saysOutOfMemory(text: string): boolean {
  return memoryPhrases.test(text);
}

/** True if the text says that a model could not be loaded. */
export function saysLoadFailed(text: string): boolean {
  return loadPhrases.test(text);
}

/** The sentence in a node's error body, whichever of the three envelopes it uses; the text itself where it is no JSON. */
export function errorText(body: unknown, raw: string): string {
  const error = field(body, "error");
  const text = typeof error === "string" ? error : (textIn(error, "message") ?? textIn(body, "message") ?? raw);
  return text.trim().slice(0, detailLength);
}

/** A node's own error in the middle of an answer, as a failure. */
export function toldByNode(text: string): Failure {
  const detail = text.slice(0, detailLength);
  return saysOutOfMemory(text)
    ? fail("out-of-memory", `The node ran out of memory: ${detail}`, { detail })
    : fail("stream-broken", `The node reported an error: ${detail}`, { detail });
}
