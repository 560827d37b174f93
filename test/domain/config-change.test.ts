// A change of the doctor's leaves everything else of the settings as it was.
import { expect, test } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { ConfigChange } from "../../src-core/contract/diagnosis.ts";
import { changeSays } from "../../src-core/doctor/change-words.ts";
import { withChange } from "../../src-core/domain/config-change.ts";

const before = {
  gateway: { port: 4000, maxConnections: 9, allowOllamaRoutes: ["delete"] },
  nodes: [
    { id: "beast", kind: "ollama", url: "http://beast.lan:1234", slots: 2 },
    { id: "attic", kind: "vllm", url: "http://attic.lan:8000" },
  ],
  catalogue: [{ model: "Llama3:latest", bytes: 5 }],
  profiles: { writing: { chain: ["llama3", "m"], can: ["chat"] } },
};

const changes: readonly (readonly [unknown, object])[] = [
  [{ what: "port", door: "gateway", port: 4001 }, { gateway: { ...before.gateway, port: 4001 } }],
  [{ what: "port", door: "control", port: 4001 }, { control: { port: 4001 } }],
  [{ what: "loopback" }, { gateway: { ...before.gateway, host: "127.0.0.1" } }],
  [{ what: "close-ollama-routes" }, { gateway: { ...before.gateway, allowOllamaRoutes: [] } }],
  [{ what: "node-kind", node: "beast", kind: "lm-studio" }, { nodes: [{ ...before.nodes[0], kind: "lm-studio" }, before.nodes[1]] }],
  [{ what: "context", model: "llama3", tokens: 32768 }, { catalogue: [{ model: "Llama3:latest", bytes: 5, contextTokens: 32768 }] }],
  [{ what: "context", model: "m", tokens: 8192 }, { catalogue: [...before.catalogue, { model: "m", contextTokens: 8192 }] }],
  [
    { what: "repair", model: "llama3", repair: "tool-calls" },
    { profiles: { writing: { ...before.profiles.writing, repairs: { toolCalls: true } } } },
  ],
  [
    { what: "repair", model: "hf.co/a/b:Q4", repair: "thinking" },
    { profiles: { ...before.profiles, "repaired-hf.co-a-b-Q4": { chain: ["hf.co/a/b:Q4"], repairs: { thinking: true } } } },
  ],
];

test.each(changes)("issue 6, doctor: %j changes that and nothing else, and what comes out is a configuration", (written, expected) => {
  const change = ConfigChange.parse(written);
  const after = withChange(before, change);
  expect(after).toEqual({ ...before, ...expected });
  expect(Config.safeParse(after).success).toBe(true);
  expect(changeSays(change)).toMatch(/^[A-Z].*\.$/);
});

test("a change that is none of the list is refused: nobody writes a path of their own into the settings", () => {
  for (const change of [
    { what: "key", value: "x" },
    { what: "port", door: "gateway", port: 0 },
    { what: "loopback", host: "0.0.0.0" },
  ])
    expect(ConfigChange.safeParse(change).success).toBe(false);
});
