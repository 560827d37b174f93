// The doctor against a whole gateway with simulated nodes: what it finds, what it mends, and that no model comes into memory because of it.
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { Diagnosis, type Finding } from "../../src-core/contract/diagnosis.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { type Home, startHome } from "../support/gateway.ts";

async function examined(home: Home<string>, wish: object = {}): Promise<readonly Finding[]> {
  const reply = await home.homeport.dispatch("doctor", wish);
  if (!reply.ok) throw new Error(reply.failure.message);
  return Diagnosis.parse(reply.output).findings;
}

const found = (findings: readonly Finding[], id: string) => findings.find((finding) => finding.id === id);
const chat = ["completion", "tools"] as const;
const number = { calls: [{ name: "report_number", arguments: { value: 42 } }] };
const counted = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";

describe("issue 6: doctor, questions to models", () => {
  test("5.13: a server that cuts a long prompt in silence is found, and the context that mends it is proposed and written", async () => {
    const model = { name: "m:1b", warm: true, contextTokens: 131_072, capabilities: [...chat], says: [counted] };
    const home = await startHome({ nodes: { beast: { kind: "ollama", models: [model] } } });
    const finding = found(await examined(home), "context:beast/m:1b");
    expect(finding).toMatchObject({ level: "warning", node: "beast", fix: { change: { what: "context", tokens: 32_768 } } });
    expect(finding?.says).toContain("4096");
    await home.homeport.dispatch("applyFix", { change: finding?.fix?.change });
    expect(home.config.current().catalogue).toMatchObject([{ contextTokens: 32_768 }]);
  });

  test("5.13: thinking between tags is found in answers, and the repair it proposes is a profile of that model", async () => {
    const says = [`<think>I count slowly.</think>${counted}`];
    const home = await startHome({ nodes: { attic: { kind: "llama-server", models: [{ name: "m", warm: true, says }] } } });
    const finding = found(await examined(home), "reasoning:attic/m");
    expect(finding).toMatchObject({ level: "warning", fix: { change: { what: "repair", model: "m", repair: "thinking" } } });
    expect(JSON.stringify(finding)).not.toContain("slowly");
    expect(await home.homeport.dispatch("applyFix", { change: finding?.fix?.change })).toMatchObject({ ok: true });
    expect(Object.values(home.config.current().profiles)).toMatchObject([{ chain: ["m"], repairs: { thinking: true } }]);
  });

  test("5.13: a server that answers a stream in one piece is found", async () => {
    const server = createServer((request, response) => {
      const json = (body: object) => response.setHeader("content-type", "application/json").end(JSON.stringify(body));
      request.resume().once("end", () => {
        if (request.method === "GET") return json({ object: "list", data: [{ id: "m", object: "model" }] });
        const message = { role: "assistant", content: counted };
        return json({
          id: "c",
          object: "chat.completion",
          created: 1,
          model: "m",
          choices: [{ index: 0, message, finish_reason: "stop" }],
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const plain = { id: NodeId.parse("plain"), kind: "openai-compatible", url: `http://127.0.0.1:${port}` } as const;
    const home = await startHome({ nodes: {}, config: { nodes: [plain] } });
    expect(found(await examined(home), "streams:plain/m")).toMatchObject({ level: "warning" });
  });

  test("5.13: a model that does everything right is told so, and its stay in memory is what it was", async () => {
    const model = { name: "m:1b", warm: true, contextTokens: 16_384, capabilities: [...chat, "vision"] as const, says: [number, counted] };
    const home = await startHome({
      nodes: { beast: { kind: "ollama", defaultContextTokens: 16_384, keepAliveMs: null, models: [{ ...model }] } },
    });
    const findings = await examined(home);
    const of = (probe: string) => found(findings, `${probe}:beast/m:1b`)?.level;
    expect([of("reasoning"), of("tools"), of("vision"), of("context"), of("keep-alive")]).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(home.at("beast").record.loads).toEqual({});
  });

  test("a tool call written as text is found, with the repair", async () => {
    const says = ['{"name": "report_number", "arguments": {"value": 42}}'];
    const home = await startHome({
      nodes: { attic: { kind: "ollama", models: [{ name: "m:1b", warm: true, capabilities: [...chat], says }] } },
    });
    expect(found(await examined(home), "tools:attic/m:1b")).toMatchObject({
      level: "warning",
      fix: { change: { what: "repair", repair: "tool-calls" } },
    });
  });

  test("a server that reads every prompt anew is found by asking the same twice; one that tells nothing of it is asked once and not judged", async () => {
    const model = { name: "m", warm: true, capabilities: [...chat], says: [counted] };
    const home = await startHome({
      nodes: {
        good: { kind: "llama-server", models: [model] },
        forgets: { kind: "llama-server", models: [{ ...model, promptCache: false }] },
        silent: { kind: "llama-server", models: [model], quirks: ["missing-usage"] },
        other: { kind: "ollama", models: [model] },
      },
    });
    const findings = await examined(home);
    const of = (node: string) => found(findings, `prompt-cache:${node}/m`);
    expect([of("good")?.level, of("forgets")?.level, of("silent")?.level, of("other")]).toEqual(["ok", "warning", "skipped", undefined]);
    expect(of("forgets")?.fix?.says).toContain("--no-cache-prompt");
    const asked = (node: "good" | "forgets" | "silent") =>
      home.at(node).record.requests.filter(({ body }) => String(body).includes("everything in the harbour")).length;
    expect([asked("good"), asked("forgets"), asked("silent")]).toEqual([2, 2, 1]);
    expect([home.at("good").record.loads, home.at("forgets").record.loads]).toEqual([{}, {}]);
  });

  test("nothing that is cold is asked, and nothing is loaded by looking", async () => {
    const home = await startHome({
      nodes: {
        beast: { kind: "ollama", models: [{ name: "cold", loadMs: 10 }] },
        studio: { kind: "lm-studio", models: [{ name: "cold", loadMs: 10 }] },
        rack: { kind: "vllm", devMode: true, models: [{ name: "asleep" }] },
      },
    });
    const findings = await examined(home);
    for (const id of ["beast", "studio", "rack"] as const) {
      expect(found(findings, `models:${id}`)).toMatchObject({ level: "skipped" });
      expect([home.at(id).record.loads, home.at(id).record.loadCalls]).toEqual([{}, {}]);
    }
  });

  test("a model in the cloud is not asked, because that costs money", async () => {
    const home = await startHome({
      nodes: { cloud: { kind: "openai-compatible", declares: { place: "cloud" }, models: [{ name: "m", warm: true }] } },
    });
    const findings = await examined(home, { node: "cloud" });
    expect(findings.filter(({ id }) => id.startsWith("streams:")).map(({ level }) => level)).toEqual(["skipped"]);
    expect(home.at("cloud").record.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });
});

describe("issue 6: doctor, the house", () => {
  test("S-02 to S-05: it asks its own doors as a stranger would and is refused with 403", async () => {
    const home = await startHome({ nodes: {} });
    const findings = await examined(home);
    expect(found(findings, "gateway-strangers")).toMatchObject({ level: "ok" });
    expect(found(findings, "control-strangers")).toMatchObject({ level: "ok" });
    expect(found(findings, "bind")).toMatchObject({ level: "ok" });
  });

  test("a node that does not answer is an error with the words of what to do; a server of another kind there is named", async () => {
    const home = await startHome({
      nodes: { gone: { kind: "ollama", models: [{ name: "m" }] }, odd: { kind: "lm-studio", models: [{ name: "m" }] } },
    });
    await home.at("gone").kill();
    await home.config.update((document) => {
      const nodes = Array.isArray(document["nodes"]) ? document["nodes"] : [];
      return { ...document, nodes: nodes.map((node) => (Object(node).id === "odd" ? { ...Object(node), kind: "neuron" } : node)) };
    });
    const findings = await examined(home);
    expect(found(findings, "node:gone")).toMatchObject({ level: "error", node: "gone" });
    expect(found(findings, "node:odd")).toMatchObject({ fix: { change: { what: "node-kind", node: "odd", kind: "lm-studio" } } });
    expect(await home.homeport.dispatch("applyFix", { change: found(findings, "node:odd")?.fix?.change })).toMatchObject({ ok: true });
    expect(found(await examined(home, { node: "odd" }), "node:odd")).toMatchObject({ level: "ok" });
  });

  test("S-75: a key that is not where the settings say is an error, with where to put it; its value is never told", async () => {
    const home = await startHome({
      nodes: {},
      config: { gateway: { key: { env: "HOMEPORT_NOT_THERE" } }, clients: [{ name: "cline", key: { env: "HOMEPORT_NOR_THIS" } }] },
    });
    const findings = await examined(home);
    expect(found(findings, "key:gateway")).toMatchObject({ level: "error" });
    expect(found(findings, "key:gateway")?.fix?.says).toContain("HOMEPORT_NOT_THERE");
    expect(found(findings, "key:client:cline")).toMatchObject({ level: "warning" });
  });

  test("one node alone is looked at where that is asked, and a name nobody has is told with near ones", async () => {
    const home = await startHome({
      nodes: { beast: { kind: "ollama", models: [{ name: "m" }] }, attic: { kind: "ollama", models: [{ name: "m" }] } },
    });
    expect((await examined(home, { node: "beast" })).map(({ id }) => id).filter((id) => !id.endsWith("beast"))).toEqual([]);
    const reply = await home.homeport.dispatch("doctor", { node: "beats" });
    expect(reply).toMatchObject({ ok: false, failure: { kind: "not-found", near: ["beast"] } });
  });
});
