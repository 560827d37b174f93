// What a node's error text means. Phrases are anchored at word boundaries: a bare "oom" must not match "room" (source-systems.md 5.8).
import { type Failure, fail } from "../contract/failure.ts";
import { field, textIn } from "./shapes.ts";

// "Failed to load" is not among them: it is also said of a corrupt file, which no freed memory will mend.
const memoryPhrases =
  /\b(?:out[- ]of[- ]memory|insufficient v?(?:ram|memory)|requires more system memory|(?:failed|unable) to allocate|cannot allocate memory|cudaMalloc failed|ggml_cuda_host_malloc|unable to load full model on GPU|oom)\b/i;
/** Identifiers in which the words stand together: Vulkan's ErrorOutOfDeviceMemory, Torch's OutOfMemoryError, Metal's …ErrorOutOfMemory. */
const memoryNames = /OutOf(?:Device|Host)?Memory/;
const detailLength = 600;

function saysOutOfMemory(text: string): boolean {
  return memoryPhrases.test(text) || memoryNames.test(text);
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
