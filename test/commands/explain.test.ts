import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ControlFailed } from "../../src-core/commands/control-call.ts";
import { type ExplainWish, runExplain } from "../../src-core/commands/explain-command.ts";
import { explanationLines } from "../../src-core/commands/explain-words.ts";
import { BadUsage } from "../../src-core/commands/options.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { Explanation } from "../../src-core/contract/route.ts";
import { startHome } from "../support/gateway.ts";

async function explained(wish: ExplainWish): Promise<string> {
  const lines: string[] = [];
  await runExplain(wish, (line) => lines.push(line));
  return lines.join("\n");
}

function bodyFile(body: object): string {
  const folder = mkdtempSync(join(tmpdir(), "homeport-explain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "body.json"), JSON.stringify(body));
  return join(folder, "body.json");
}

it("a running Homeport says where a request would go, and no node hears of it", async () => {
  const home = await startHome({
    nodes: {
      attic: { kind: "ollama", models: [{ name: "m" }] },
      barn: { kind: "ollama", models: [{ name: "m", warm: true }] },
    },
    config: { profiles: { talk: { chain: ["m"] } } },
  });
  const { controlUrl: control = "", token } = home.homeport;
  const said = await explained({ model: "m", control, token });
  expect(said).toMatch(/→ barn \(decided by \S+ \(0 < 1\) against attic\)/);
  expect(said).toMatch(/✓ attic m:latest: cold/);
  expect(said).toMatch(/^Now: barn would serve it/m);
  expect(await explained({ model: "talk", control, token })).toContain("it is a profile's name (profile talk)");
  const json: unknown = JSON.parse(await explained({ request: bodyFile({ model: "m", messages: [] }), control, token, json: true }));
  expect(Explanation.parse(json)).toMatchObject({ asked: "m", next: { do: "send", node: "barn" } });
  for (const node of [home.at("attic"), home.at("barn")]) expect(node.record.requests.some(({ inference }) => inference)).toBe(false);
});

it("a wrong token, a name with no meaning and nobody at home are told in words, with what to do", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true }] } } });
  const { controlUrl: control = "", token } = home.homeport;
  await expect(explained({ model: "m", control, token: "wrong" })).rejects.toThrow(/token/);
  expect(await explained({ model: "nobody", control, token })).toMatch(/Now: .*nobody/);
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const address = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  const gone = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const asked = explained({ model: "m", control: gone, token });
  await expect(asked).rejects.toThrow(ControlFailed);
  await expect(asked).rejects.toThrow(/No Homeport answers at http:\/\/127\.0\.0\.1:\d+\. Start one/);
});

it.each([
  [{ control: "http://127.0.0.1:1", token: "t" }, /--model is missing/],
  [{ model: "m", control: "http://127.0.0.1:1", token: undefined }, /--token is missing/],
  [{ model: "m", control: "nowhere", token: "t" }, /--control: expected an address/],
  [{ request: "not-there.json", control: "http://127.0.0.1:1", token: "t" }, /not-there\.json.*ENOENT/],
])("bad usage %j says what to do", async (wish, says) => {
  const asked = explained(wish);
  await expect(asked).rejects.toThrow(BadUsage);
  await expect(asked).rejects.toThrow(says);
});

const told: Explanation = {
  asked: "auto",
  resolution: { chain: [{ model: "big", profile: "coder" }], because: "rule", rule: "code", profile: "coder" },
  policy: { name: "balanced", preferences: ["warm", "fits"] },
  links: [
    {
      link: { model: "big", policy: ["fastest"] },
      candidates: [
        {
          node: NodeId.parse("attic"),
          model: ModelId.parse("big"),
          readiness: "cold",
          levels: [{ preference: "fits", value: 1 }],
          room: {
            verdict: "fits-after",
            needBytes: 9e9,
            needSource: "measured",
            freeBytes: 2e9,
            evict: [ModelId.parse("small"), ModelId.parse("old")],
          },
          expectedWaitMs: 12_400,
        },
      ],
      rejected: [{ node: NodeId.parse("barn"), model: ModelId.parse("big"), because: "breaker-open", says: "three failures\u001b[31m" }],
      decidedBy: "only",
      relaxed: "memory-pressure",
    },
  ],
  next: { do: "load", node: NodeId.parse("attic"), model: ModelId.parse("big"), says: "attic would load big first." },
};

it("an explanation tells rule, policy, room with victims, rejections, a relaxed filter and the wait as an estimate", () => {
  const text = explanationLines(told).join("\n");
  for (const words of [
    '"auto" means big: a rule matched (profile coder, rule code).',
    "Policy of this part: fastest.",
    "→ attic (there is no other candidate)",
    'The filter "memory-pressure" would have left nobody',
    "about 12.4 s to the first byte (estimate)",
    "fits-after, needs 9.0 GB (measured), 2.0 GB free; would be evicted: small, old",
    "✗ barn big: breaker-open: three failures",
    "Now: attic would load big first.",
  ])
    expect(text).toContain(words);
});

it("S-85: control characters in names and reasons never reach the terminal", () => {
  expect(explanationLines(told).join("")).not.toContain("\u001b");
});
