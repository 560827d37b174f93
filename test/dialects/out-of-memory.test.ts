import { describe, expect, it } from "vitest";
import { saysOutOfMemory } from "../../src-core/dialects/out-of-memory.ts";
import { classifyRefusal } from "../../src-core/nodes/classify.ts";

describe("5.8 how servers say that memory did not suffice", () => {
  it.each([
    "CUDA error: out of memory",
    "Metal: Out Of Memory",
    "llama-server reported out-of-memory during startup",
    "insufficient memory",
    "model requires more system memory (11.2 GiB) than is available (3.1 GiB)",
    "failed to allocate CUDA0 buffer of size 5637144576",
    "ggml_cuda_host_malloc: failed",
    "cudaMalloc failed: out of memory",
    "vk::Device::allocateMemory: ErrorOutOfDeviceMemory",
    "torch.OutOfMemoryError",
    "killed by the OOM killer",
    "OOM",
  ])("5.8 yes: %s", (words) => {
    expect(saysOutOfMemory(words)).toBe(true);
    expect(classifyRefusal({ node: "a", status: 500, headers: {}, body: JSON.stringify({ error: words }) })?.kind).toBe("out-of-memory");
  });

  it.each([
    "no room for more",
    "zoom in",
    "bloom-7b",
    "the broom",
    "model 'roomy' not found",
    "failed to load model",
    "memory of the session was cleared",
  ])("5.8 [G] no: %s", (words) => {
    expect(saysOutOfMemory(words)).toBe(false);
  });

  it("5.8 [G] a corrupt file is a load that failed, for which no cooldown helps", () => {
    const body = JSON.stringify({ error: "error loading model: failed to load model: tensor offset exceeds file size" });
    expect(classifyRefusal({ node: "a", status: 500, headers: {}, body })?.kind).toBe("load-failed");
  });
});
