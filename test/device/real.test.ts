// The adapters against real servers: `LLAMA_SERVER` is the path of a llama-server binary (`TINY_GGUF` a small model for it, made when absent),
// `OLLAMA_URL` a running Ollama with a model named by `OLLAMA_MODEL`. What is missing is skipped by name.
import { expect, test } from "vitest";
import { fingerprint } from "../../src-core/nodes/fingerprint.ts";
import { adapterSuite } from "../nodes/adapter-suite.ts";
import { lacksModelFile, realLlamaServer } from "./real-llama-server.ts";

const binary = process.env["LLAMA_SERVER"];
const lacking = binary === undefined ? "LLAMA_SERVER is not set" : lacksModelFile();

if (binary !== undefined && lacking === undefined) {
  adapterSuite("a real llama-server with one model", "llama-server", () => realLlamaServer(binary, "single"));
  adapterSuite("a real llama-server router", "llama-server", () => realLlamaServer(binary, "router"));
  test.each(["single", "router"] as const)("a real llama-server (%s) is recognised by its shape", async (mode) => {
    const node = await realLlamaServer(binary, mode);
    try {
      const found = await fingerprint(node.url, new AbortController().signal);
      expect(found).toMatchObject({ kind: "llama-server", label: mode === "router" ? "llama-server (router)" : "llama-server" });
    } finally {
      await node.stop();
    }
  });
} else {
  skipped("real llama-server, one model and router", lacking ?? "");
}

const ollama = process.env["OLLAMA_URL"];
const ollamaModel = process.env["OLLAMA_MODEL"];
if (ollama !== undefined && ollamaModel !== undefined) {
  const node = { url: ollama, model: ollamaModel, loads: true, tellsProgress: false, stop: () => Promise.resolve() };
  adapterSuite("a real Ollama", "ollama", () => Promise.resolve(node));
} else {
  skipped("real Ollama", "OLLAMA_URL and OLLAMA_MODEL are not set");
}

function skipped(what: string, why: string): void {
  process.stdout.write(`skipped: ${what}: ${why}\n`);
  test.skip(`${what}: ${why}`, () => {});
}
