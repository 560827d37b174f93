// A search in each of its states, for the window's tests and pictures.
import type { SearchView } from "../../src-core/contract/finding.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const startedAt = sampleSnapshot.now - 4_000;

/** Half-way: one source has failed, one is done, two go on; one server is a node already. */
export const runningSearch: SearchView = {
  startedAt,
  cancelled: false,
  sources: [
    { source: "mdns", state: "running", asked: 1 },
    { source: "subnet", state: "running", asked: 1_204, of: 4_064 },
    {
      source: "tailscale",
      state: "failed",
      asked: 0,
      says: "Tailscale is not logged in on this computer. Log in there, then look again.",
    },
    { source: "this-computer", state: "done", asked: 16, of: 16 },
  ],
  found: [
    {
      url: "http://192.168.1.7:11434",
      kind: "ollama",
      label: "Ollama",
      version: "0.13.1",
      models: 12,
      sources: ["mdns", "subnet"],
      host: "attic-workstation",
    },
    { url: "http://192.168.1.9:1234", kind: "lm-studio", label: "LM Studio", models: 1, sources: ["subnet"], known: NodeId.parse("rack") },
    { url: "http://192.168.1.12:8080", kind: "llama-server", label: "llama-server (wants its API key)", sources: ["subnet"] },
    { url: "http://127.0.0.1:8000", kind: "vllm", label: "vLLM", version: "0.11.1", models: 1, sources: ["this-computer"] },
  ],
};

/** Nothing was found, and the Mac's own closed door is why. */
export const emptySearch: SearchView = {
  startedAt,
  endedAt: sampleSnapshot.now - 500,
  cancelled: false,
  sources: [
    {
      source: "subnet",
      state: "done",
      asked: 4_064,
      of: 4_064,
      says: "Nothing in 192.168.1.0/24 can be reached from here. macOS lets an app reach your network only after you allowed it: open System Settings, Privacy & Security, Local Network, turn on Homeport (or the terminal it runs in), and look again. Servers on this computer and Tailscale's machines are not affected.",
    },
  ],
  found: [],
};

export const sampleSubnets = [
  { cidr: "192.168.1.0/24", interface: "en0", addresses: 254 },
  { cidr: "172.17.0.0/24", interface: "docker0", addresses: 254 },
];
