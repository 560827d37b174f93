// The one place that knows how servers say that memory did not suffice (source-systems.md 5.8). Phrases stand at word boundaries: "room", "zoom" and
// "bloom" are no "oom". "Failed to load" is not among them: it is also said of a corrupt file, which no freed memory will mend.

const phrases =
  /\b(?:out[- ]of[- ](?:device[- ]|host[- ])?memory|insufficient v?(?:ram|memory)|requires more (?:system )?memory|(?:failed|unable) to allocate|cannot allocate memory|cudaMalloc failed|ggml_cuda_host_malloc|unable to load full model on GPU|oom)\b/i;
/** Identifiers in which the words stand together: Vulkan's ErrorOutOfDeviceMemory, Torch's OutOfMemoryError, Metal's …ErrorOutOfMemory. */
const names = /OutOf(?:Device|Host)?Memory/i;

/** True if a server's words say that memory did not suffice. */
export function saysOutOfMemory(words: string): boolean {
  return phrases.test(words) || names.test(words);
}
