// The demo: a believable homelab of eight machines, one of them flaky and one rented in the cloud, so that anyone can try Homeport without a
// model server. Six of them hold one common model (Llama 3.1 8B) in builds of their own, so that every policy has something to choose.
import type { StartOptions } from "./node.ts";

const gigabyte = 1_000_000_000;

/** One machine of the demo. */
export type DemoNode = Omit<StartOptions, "clock" | "keeps"> & { readonly id: string; readonly name: string };

const can = {
  chat: ["completion", "tools"],
  thinks: ["completion", "tools", "thinking"],
  sees: ["completion", "tools", "vision"],
  embeds: ["embedding"],
} as const;

/** In the order in which a person would have listed them. */
export const demoNodes: readonly DemoNode[] = [
  {
    id: "studio",
    name: "Studio (Mac, 64 GB)",
    kind: "ollama",
    memoryBytes: 52 * gigabyte,
    devices: [{ name: "M2 Max, unified", memoryBytes: 52 * gigabyte }],
    slots: 2,
    keepAliveMs: 1_800_000,
    defaultContextTokens: 16_384,
    models: [
      model("qwen3:32b", 20.2, 40_960, 14_000, 21, can.thinks, { parameters: "32.8B", family: "qwen3" }),
      model("llama3.3:70b", 42.5, 131_072, 36_000, 9, can.chat, { parameters: "70.6B", family: "llama" }),
      model("gemma3:27b", 17.4, 131_072, 11_000, 24, can.sees, { parameters: "27.4B", family: "gemma3" }),
      model("gemma3:4b", 3.3, 131_072, 2500, 88, can.sees, { parameters: "4.3B", family: "gemma3", warm: true }),
      model("llama3.1:8b-instruct-q4_0", 4.7, 131_072, 900, 96, can.chat, { parameters: "8.0B", quantization: "Q4_0", firstTokenMs: 120 }),
      model("nomic-embed-text", 0.27, 2048, 600, 0, can.embeds, { parameters: "137M", family: "nomic-bert", quantization: "F16" }),
    ],
  },
  {
    id: "skyline",
    name: "Skyline (cloud)",
    kind: "openai-compatible",
    place: "cloud",
    models: [
      model("meta-llama/llama-3.1-8b-turbo", 16.1, 131_072, 0, 42, can.chat, { parameters: "8.0B", firstTokenMs: 650 }),
      model("openai/gpt-oss-120b", 65.4, 131_072, 0, 75, can.thinks, { parameters: "117B", firstTokenMs: 900 }),
    ],
  },
  {
    id: "beast",
    name: "Beast (2 × RTX, 24 GB each)",
    kind: "llama-server-router",
    memoryBytes: 48 * gigabyte,
    devices: [
      { name: "RTX 3090 #0", memoryBytes: 24 * gigabyte },
      { name: "RTX 3090 #1", memoryBytes: 24 * gigabyte },
    ],
    slots: 4,
    maxLoaded: 3,
    models: [
      model("qwen3-coder-30b-a3b", 18.6, 262_144, 9000, 120, can.chat, { parameters: "30.5B", warm: true }),
      model("llama-3.1-8b-instruct-f16", 16.1, 131_072, 6000, 40, can.chat, { parameters: "8.0B", quantization: "F16", warm: true }),
      model("llama-3.3-70b-instruct", 42.5, 131_072, 38_000, 17, can.chat, { parameters: "70.6B" }),
      model("mistral-small-3.2-24b", 14.3, 131_072, 8000, 46, can.sees, { parameters: "23.6B" }),
      model("gpt-oss-20b", 12.1, 131_072, 6000, 140, can.thinks, { parameters: "20.9B", quantization: "MXFP4" }),
      model("qwen3-embedding-4b", 4.3, 32_768, 2500, 0, can.embeds, { parameters: "4.0B", quantization: "Q8_0" }),
    ],
  },
  {
    id: "attic",
    name: "Attic (mini PC)",
    kind: "ollama",
    memoryBytes: 12 * gigabyte,
    models: [
      model("llama3.1:8b", 4.9, 131_072, 11_000, 5, can.chat, { parameters: "8.0B", vramBytes: 0 }),
      model("llama3.2:3b", 2.0, 131_072, 5000, 14, can.chat, { parameters: "3.2B", vramBytes: 0 }),
      model("qwen3:4b", 2.6, 40_960, 6500, 11, can.thinks, { parameters: "4.0B", family: "qwen3", vramBytes: 0 }),
      // Fetched long ago: the matrix of the models page tells it from the studio's.
      model("gemma3:4b", 3.3, 131_072, 7500, 10, can.sees, { parameters: "4.3B", family: "gemma3", vramBytes: 0, revision: "older" }),
      model("nomic-embed-text", 0.27, 2048, 900, 0, can.embeds, { parameters: "137M", family: "nomic-bert", vramBytes: 0 }),
    ],
  },
  {
    id: "shed",
    name: "Shed (old gaming PC)",
    kind: "llama-server",
    devices: [{ name: "RTX 2070", memoryBytes: 8 * gigabyte }],
    slots: 2,
    // Somebody unplugs it now and then: shows a node go down, come back and load.
    dropsEveryMs: 240_000,
    dropsForMs: 35_000,
    models: [model("phi-4-mini", 2.5, 131_072, 12_000, 38, can.chat, { parameters: "3.8B", warm: true })],
  },
  {
    id: "workshop",
    name: "Workshop (vLLM)",
    kind: "openai-compatible",
    models: [model("Qwen/Qwen3-8B", 16.4, 40_960, 0, 65, can.chat, { parameters: "8.2B", quantization: "BF16" })],
  },
  {
    id: "desk",
    name: "Desk (this PC, 8 GB)",
    kind: "ollama",
    place: "this-machine",
    memoryBytes: 8 * gigabyte,
    devices: [{ name: "RTX 4060", memoryBytes: 8 * gigabyte }],
    models: [
      model("llama3.1:8b-instruct-q4_K_M", 4.9, 131_072, 3200, 38, can.chat, { parameters: "8.0B" }),
      model("qwen2.5-coder:7b", 4.7, 32_768, 3000, 41, can.chat, { parameters: "7.6B", family: "qwen2" }),
    ],
  },
  {
    id: "bench",
    name: "Bench (this PC, 16 GB)",
    kind: "ollama",
    place: "this-machine",
    memoryBytes: 16 * gigabyte,
    devices: [{ name: "RTX 4060 Ti", memoryBytes: 16 * gigabyte }],
    keepAliveMs: null,
    models: [
      model("llama3.1:8b-instruct-q8_0", 8.5, 131_072, 5200, 29, can.chat, { parameters: "8.0B", quantization: "Q8_0" }),
      model("qwen2.5-coder:14b", 9.0, 32_768, 5400, 24, can.chat, { parameters: "14.8B", family: "qwen2", warm: true }),
    ],
  },
];

function model(
  name: string,
  gigabytes: number,
  contextTokens: number,
  loadMs: number,
  tokensPerSecond: number,
  capabilities: StartOptions["models"][number]["capabilities"],
  more: Partial<StartOptions["models"][number]>,
): StartOptions["models"][number] {
  const bytes = Math.round(gigabytes * gigabyte);
  const residentBytes = Math.round(bytes * 1.12);
  return { name, bytes, residentBytes, contextTokens, loadMs, tokensPerSecond, capabilities, firstTokenMs: 250, ...more };
}
