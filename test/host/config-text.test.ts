import { describe, expect, test } from "vitest";
import { NodeKind } from "../../src-core/contract/node-kinds.ts";
import { parseConfig } from "../../src-core/host/config-text.ts";

function complaint(text: string, file = "homeport.yaml"): string {
  const read = parseConfig(text, file);
  return "failure" in read ? read.failure.message : "it was accepted";
}

const kinds = NodeKind.options.map((kind) => JSON.stringify(kind)).join(", ");

const bad: readonly { readonly name: string; readonly text: string; readonly file?: string; readonly says: string }[] = [
  {
    name: "a misspelt section",
    text: "gatway: {}",
    says: 'homeport.yaml, line 1: gatway: there is no such key; did you mean "gateway"?',
  },
  {
    name: "a misspelt key inside a section, with two letters swapped",
    text: "gateway:\n  prot: 1",
    says: 'homeport.yaml, line 2: gateway.prot: there is no such key; did you mean "port"?',
  },
  {
    name: "a key in snake case",
    text: "gateway:\n  max_body_bytes: 5000",
    says: 'homeport.yaml, line 2: gateway.max_body_bytes: there is no such key; did you mean "maxBodyBytes"?',
  },
  {
    name: "a misspelt key of a node",
    text: "nodes:\n  - id: a\n    kind: ollama\n    url: http://a:1\n    slotz: 2",
    says: 'homeport.yaml, line 5: nodes[0].slotz: there is no such key; did you mean "slots"?',
  },
  {
    name: "a key like no other",
    text: "discovery: { zzzzzzzzzzzz: 1 }",
    says: 'homeport.yaml, line 1: discovery.zzzzzzzzzzzz: there is no such key; expected one of "enabled", "advertise".',
  },
  {
    name: "a wrong type",
    text: "gateway:\n  port: soon",
    says: 'homeport.yaml, line 2: gateway.port: expected a number, got "soon".',
  },
  {
    name: "a number out of range",
    text: "breaker:\n  failures: 0",
    says: "homeport.yaml, line 2: breaker.failures: expected a number of at least 1, got 0.",
  },
  {
    name: "a misspelt choice",
    text: "nodes:\n  - { id: a, kind: olama, url: 'http://a:1' }",
    says: `homeport.yaml, line 2: nodes[0].kind: expected one of ${kinds}, got "olama"; did you mean "ollama"?`,
  },
  {
    name: "an address with a query",
    text: "nodes:\n  - { id: a, kind: ollama, url: 'http://a:1?x' }",
    says: 'homeport.yaml, line 2: nodes[0].url: expected an http:// or https:// address without user, query or fragment, got "http://a:1?x".',
  },
  {
    name: "a list where a section belongs, in JSON",
    text: '{\n  "gateway": []\n}',
    file: "homeport.json",
    says: "homeport.json, line 2: gateway: expected a section of keys and values, got a list.",
  },
  {
    name: "a missing field",
    text: "nodes:\n  - kind: ollama\n    url: http://a:1",
    says: "homeport.yaml, line 2: nodes[0].id: expected a text, got nothing.",
  },
  {
    name: "one id for two nodes",
    text: "nodes:\n  - { id: a, kind: ollama, url: 'http://a:1' }\n  - { id: A, kind: ollama, url: 'http://b:1' }",
    says: 'homeport.yaml, line 3: nodes[1].id: expected a node id used once ("A" is used twice), got "A".',
  },
  { name: "a text that is no document", text: "just words", says: "homeport.yaml: expected a section of keys and values" },
  { name: "broken JSON", text: '{"nodes": [}', file: "homeport.json", says: "homeport.json: expected JSON, but " },
  { name: "broken YAML", text: "nodes: [", says: "homeport.yaml, line 1: expected YAML, but " },
  { name: "one key twice", text: "nodes: []\nnodes: []", says: "homeport.yaml, line 2: expected YAML, but Map keys must be unique" },
];

describe("a bad configuration", () => {
  test.each(bad)("names file, line, field, expected and got: $name", ({ text, file, says }) => {
    expect(complaint(text, file)).toContain(says);
  });

  test("tells everything at once, so that nobody mends one error to meet the next", () => {
    expect(complaint("gatway: {}\nbreaker: { failures: 0 }").split("\n")).toHaveLength(2);
  });

  test("S-75: a key pasted where a reference belongs is refused without being repeated", () => {
    const says = complaint("nodes:\n  - { id: a, kind: ollama, url: 'http://a:1', key: sk-canary-1234567890 }");
    expect(says).toContain('{ "file": an absolute path }, { "store": a name in the key store }, got a text (not shown)');
    expect(says).not.toContain("canary");
  });
});

describe("a good configuration", () => {
  test("an empty file is the configuration of someone who wrote nothing", () => {
    for (const [text, file] of [
      ["", "a.yaml"],
      ["# only a comment\n", "a.yaml"],
      ["\uFEFF{}", "a.json"],
    ] as const) {
      const read = parseConfig(text, file);
      expect("config" in read && read.config.gateway.port).toBe(4663);
    }
  });

  test("the document stays as written: defaults are not written into it", () => {
    const read = parseConfig("gateway: { port: 1234 }", "a.yaml");
    expect("document" in read && read.document).toEqual({ gateway: { port: 1234 } });
  });
});
