import { expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { convert } from "../../src-core/import/convert.ts";

function imported(text: string, file = "old.yaml") {
  const read = convert(text, file);
  if ("failure" in read) throw new Error(read.failure.message);
  const parsed = Config.safeParse(read.document);
  if (!parsed.success) throw new Error(JSON.stringify(parsed.error.issues));
  return { ...read, config: parsed.data, told: read.notes.map(({ where, says }) => `${where}: ${says}`).join("\n") };
}

const nomyo = `
endpoints:
  - http://gpu-one:11434
  - http://gpu-two:11434/
  - http://gpu-two:11435/v1
  - https://api.example.com/v1
llama_server_endpoints:
  - http://gpu-three:8080/v1
max_concurrent_connections: 2
endpoint_config:
  "http://gpu-two:11434":
    max_concurrent_connections: 6
  "http://gone:1":
    max_concurrent_connections: 3
priority_routing: true
conversation_affinity: true
conversation_affinity_ttl: 120
nomyo-router-api-key: "top-s3cret"
api_keys:
  "https://api.example.com/v1": "\${EXAMPLE_KEY}"
  "http://gpu-three:8080/v1": "sk-verys3cret"
cache_enabled: true
cache_similarity: 0.9
log_colour: blue
`;

it("2.2, 2.3: a NOMYO file: kinds from addresses, slots with overrides, priority routing, affinity, keys by reference", () => {
  const { format, config, told } = imported(nomyo);
  expect(format).toBe("nomyo");
  expect(config.nodes.map(({ id, kind, url, slots, key }) => ({ id, kind, url, slots, key }))).toEqual([
    { id: "gpu-one", kind: "ollama", url: "http://gpu-one:11434", slots: 2, key: undefined },
    { id: "gpu-two", kind: "ollama", url: "http://gpu-two:11434", slots: 6, key: undefined },
    { id: "gpu-two-11435", kind: "openai-compatible", url: "http://gpu-two:11435", slots: 2, key: undefined },
    { id: "api.example.com", kind: "openai-compatible", url: "https://api.example.com", slots: 2, key: { env: "EXAMPLE_KEY" } },
    { id: "gpu-three", kind: "llama-server", url: "http://gpu-three:8080", slots: 2, key: { env: "GPU_THREE_KEY" } },
  ]);
  expect(config.policy).toBe("priority");
  expect(config.affinity).toMatchObject({ enabled: true, ttlSeconds: 120 });
  expect(config.gateway.key).toEqual({ env: "HOMEPORT_KEY" });
  expect(config.cloud.allowed).toBe(true);
  for (const word of [
    "GPU_THREE_KEY",
    "HOMEPORT_KEY",
    "http://gone:1",
    "cache_enabled",
    "cache_similarity",
    "log_colour",
    "api.example.com",
  ])
    expect(told).toContain(word);
});

it("a key that stands in the old file is neither copied nor told", () => {
  const read = imported(nomyo);
  expect(JSON.stringify(read)).not.toMatch(/s3cret/);
});

it("2.3: what a NOMYO file leaves out has NOMYO's defaults, not ours: one slot, no affinity", () => {
  const { config, notes } = imported("endpoints: [http://a:11434]\ncache_enabled: false\ncache_ttl: 60\n");
  expect(config.nodes[0]?.slots).toBe(1);
  expect(config.affinity.enabled).toBe(false);
  expect(config.policy).toBe("balanced");
  expect(notes).toEqual([]);
});

const coderouter = `
allow_paid: false
default_profile: auto
display_timezone: Europe/Vienna
mode_aliases: { quick: talk, code: code, lost: nothing }
providers:
  - { name: small, base_url: "http://desk:11434/v1", model: "small:7b", timeout_s: 20, capabilities: { tools: true, streaming: true },
      memory_hint: 3 }
  - { name: large, base_url: "http://desk:11434/v1", model: "large:32b", timeout_s: 300, append_system_prompt: "/no_think" }
  - { name: free, base_url: "https://cloud.example.com/api/v1", model: "free/coder", api_key_env: CLOUD_KEY, paid: false }
  - name: paid
    base_url: https://cloud.example.com/api/v1
    model: paid/coder
    api_key_env: CLOUD_KEY
    paid: true
    cost: { input_tokens_per_million: 3, output_tokens_per_million: 15, monthly_budget_usd: 20 }
  - { name: other, kind: anthropic, base_url: "https://api.other.example", model: "o", api_key_env: "sk-not-a-variable" }
profiles:
  - { name: talk, providers: [small, other, paid], timeout_s: 12, memory_pressure_action: skip, memory_pressure_cooldown_s: 60 }
  - { name: code, providers: [large, small, free], backend_health_action: demote, backend_health_threshold: 4, tool_loop_window: 5 }
  - { name: only-paid, providers: [paid] }
auto_router:
  rules:
    - { id: "user:image", profile: talk, match: { has_image: true } }
    - { id: "user:fence", profile: code, match: { code_fence_ratio_min: 0.2 } }
    - { id: "user:words", profile: code, match: { content_regex: "(?i)review|refactor" } }
    - { id: "user:slow", profile: code, match: { content_regex: "(a+)+$" } }
    - { id: "user:long", profile: code, match: { content_token_count_min: 8000 } }
    - { id: "user:lost", profile: only-paid, match: { has_tools: true } }
  default_rule_profile: talk
`;

it("5.3, 5.4: a CodeRouter file: providers become nodes and prices, profiles chains of models with one timeout", () => {
  const { format, config, told } = imported(coderouter);
  expect(format).toBe("coderouter");
  expect(config.nodes.map(({ id, kind, url, models, key }) => ({ id, kind, url, models, key }))).toEqual([
    { id: "desk", kind: "ollama", url: "http://desk:11434", models: ["small:7b", "large:32b"], key: undefined },
    {
      id: "cloud.example.com",
      kind: "openai-compatible",
      url: "https://cloud.example.com/api",
      models: ["free/coder", "paid/coder"],
      key: { env: "CLOUD_KEY" },
    },
  ]);
  expect(config.profiles).toMatchObject({
    talk: { chain: ["small:7b"], timeoutMs: 12_000 },
    code: { chain: ["large:32b", "small:7b", "free/coder"], timeoutMs: 300_000, cloud: true },
  });
  expect(config.profiles).not.toHaveProperty("only-paid");
  expect(config.profiles["talk"]?.cloud).toBeUndefined();
  expect(config.memory).toMatchObject({ pressure: "skip", cooldownSeconds: 60 });
  expect(config.health).toMatchObject({ action: "demote", threshold: 4, adaptive: { enabled: false } });
  const priced = config.catalogue.find(({ model }) => model === "paid/coder");
  expect(priced?.cost).toEqual({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 });
  expect(config.budgets).toMatchObject([{ id: "paid", scope: { node: "cloud.example.com", model: "paid/coder" }, usd: 20, per: "month" }]);
  expect(config.catalogue.find(({ model }) => model === "small:7b")?.can).toEqual(["chat", "tools"]);
  for (const word of [
    "display_timezone",
    "append_system_prompt",
    "anthropic",
    "paid and allow_paid is off",
    "tool_loop_window",
    "memory_hint",
    "lost",
  ])
    expect(told).toContain(word);
  expect(told).not.toContain("sk-not-a-variable");
});

it("5.10: CodeRouter rules keep order and matcher; a pattern that could stall, or a lost profile, is told and left out", () => {
  const { config, told } = imported(coderouter);
  expect(config.rules).toEqual([
    { id: "user-image", when: { hasImage: true }, use: "talk" },
    { id: "user-fence", when: { codeFenceRatioAtLeast: 0.2 }, use: "code" },
    { id: "user-words", when: { contentRegex: "(?i)review|refactor" }, use: "code" },
    { id: "user-long", when: { tokensAtLeast: 8000 }, use: "code" },
  ]);
  expect(config.defaultProfile).toBe("talk");
  expect(config.aliases).toEqual({ quick: "talk" });
  expect(told).toMatch(/auto_router\.rules\[3\]\.match\.content_regex: the pattern is refused because/);
  expect(told).toMatch(/auto_router\.rules\[5\]\.profile: .*left out/);
});

const dagi = `
node: { id: n1 }
llm_profiles:
  local_qwen: { provider: ollama, base_url: "http://box:11434", model: "qwen3:8b", timeout_ms: 30000, temperature: 0.2 }
  local_default_coder: { provider: ollama, base_url: "http://box:11434", model: "deepcode:6b" }
  see: { provider: ollama, base_url: "http://box:11434", model: "qwen-vl:7b", selection_policy: { required_type: vision, prefer: [qwen-vl], fallback_profile: gone } }
  cloud_deepseek: { provider: deepseek, base_url: "https://api.deepseek.com", api_key_env: DEEPSEEK_API_KEY, model: deepseek-chat }
  swap: { provider: swapper, base_url: "http://box:8890", model: big }
agents:
  writer: { default_llm: cloud_deepseek, fallback_llm: local_qwen, system_prompt: "Write.", tools: [] }
  helper: { description: "has no profile of its own" }
routing:
  - { id: w, when: { agent: gardener }, use_llm: local_qwen }
  - { id: m, when: { mode: chat }, use_llm: local_qwen }
  - { id: last, when: {}, use_llm: local_qwen }
`;

it("1.3: a DAGI file: types from provider and names, prefer lists, agents with their fallback or the last profile", () => {
  const { format, config, told } = imported(dagi, "router-config.yml");
  expect(format).toBe("dagi");
  expect(config.profiles).toMatchObject({
    local_qwen: { requires: "llm", prefer: ["qwen3:8b", "*"], timeoutMs: 30_000, cloud: false },
    local_default_coder: { requires: "code", prefer: ["deepcode:6b", "*"] },
    see: { requires: "vision", prefer: ["qwen-vl", "*"] },
    cloud_deepseek: { chain: ["deepseek-chat"], cloud: true },
  });
  expect(config.agents).toEqual({
    writer: { profile: "cloud_deepseek", fallback: "local_qwen" },
    helper: { profile: "local_default_coder" },
    gardener: { profile: "local_qwen" },
  });
  expect(config.defaultProfile).toBe("local_qwen");
  expect(config.policy).toBe("biggest");
  expect(config.cloud.allowed).toBe(true);
  expect(config.nodes.map(({ id, kind, key }) => ({ id, kind, key }))).toEqual([
    { id: "box", kind: "ollama", key: undefined },
    { id: "api.deepseek.com", kind: "openai-compatible", key: { env: "DEEPSEEK_API_KEY" } },
  ]);
  for (const word of ["temperature", "swapper", "gone", "system_prompt", "routing[1]", "match exactly"]) expect(told).toContain(word);
});

const cortex = `
[[models]]
id = "Org/Large-27B"
harness = "candle"
vram_mb = 54000
min_devices = 2
min_device_vram_mb = 24000
pinned_on = ["two-cards"]
residency_priority = 300
limit.context = 32768
limit.output = 4096
cost.input = 0.0
cost.output = 0.0
capabilities = ["text", "reasoning", "smell"]

[[models]]
id = "Org/Plain-8B"
vram_mb = 18000

[[models]]
id = "Org/Picture"
capabilities = ["image"]
cost.input = 2.5
cost.cache_read = 0.25

[aliases]
"house/large" = "Org/Large-27B"
"house/best" = "house/large"
`;

it("4.6: a cortex file: the catalogue with its memory, pins, ranks and prices; absent prices stay unknown, 0 stays free", () => {
  const { format, config, told } = imported(cortex, "models.toml");
  expect(format).toBe("cortex");
  expect(config.catalogue[0]).toMatchObject({
    model: "Org/Large-27B",
    bytes: 54_000 * 1024 * 1024,
    minDevices: 2,
    minDeviceMemoryBytes: 24_000 * 1024 * 1024,
    pinnedOn: ["two-cards"],
    residencyPriority: 300,
    contextTokens: 32_768,
    cost: { input: 0, output: 0 },
    can: ["chat", "thinking"],
  });
  expect(config.catalogue[1]).not.toHaveProperty("cost");
  expect(config.catalogue[2]).toMatchObject({ type: "image", cost: { input: 2.5, cacheRead: 0.25 } });
  expect(config.aliases).toEqual({ "house/large": "Org/Large-27B" });
  for (const word of ["two-cards", "harness", "limit.output", "smell", "house/best"]) expect(told).toContain(word);
});

it.each([
  ["nothing: here\n", "old.yaml", /does not look like.*--format/s],
  ["- a\n- b\n", "old.yaml", /sections of keys/],
  ["a: [", "old.yaml", /expected YAML/],
  ["a = [", "models.toml", /expected TOML/],
])("%j is told as what it is, not converted", (text, file, says) => {
  expect(convert(text, file)).toMatchObject({ failure: { message: expect.stringMatching(says) } });
});

it("values of the wrong kind and names made to hurt are notes, not crashes", () => {
  const { notes, config } = imported(
    'endpoints: [http://a:11434, "ftp://b", "http://user:pw@c"]\nmax_concurrent_connections: many\napi_keys: { __proto__: x, constructor: y }\n',
  );
  expect(config.nodes).toHaveLength(1);
  expect(notes.length).toBeGreaterThanOrEqual(4);
});
