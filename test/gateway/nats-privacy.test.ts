// What NATS keeps of jobs: nothing (S-94). A prompt and its answer pass through a real nats-server as jobs and as streams, and every stream that
// JetStream holds afterwards is read to its last message; so is what the server wrote to its disk.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it, onTestFinished } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { capabilityBucket } from "../../src-core/contract/jobs.ts";
import { promptCanary } from "../support/canaries.ts";
import { startHome } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { PlainWorker } from "../support/plain-worker.ts";
import { startTestWorker } from "../support/test-worker.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const answerCanary = "canary-answer-77c1";

/** Every message that JetStream holds, and the names of its streams. */
async function heldBy(url: string): Promise<{ readonly streams: readonly string[]; readonly messages: string }> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const manager = await jetstreamManager(connection);
  const streams: string[] = [];
  let messages = "";
  for await (const { config, state } of manager.streams.list()) {
    streams.push(config.name);
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(config.name, { seq }).catch(() => null);
      if (message !== null) messages += `${message.subject} ${message.string()}\n`;
    }
  }
  return { streams: streams.sort(), messages };
}

function filesOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
}

it.skipIf(natsMissing !== undefined)(
  "S-94: prompts and answers pass through NATS and stay nowhere: no stream holds jobs, the bucket of reports holds only reports",
  async () => {
    const server = await startNatsServer();
    const streaming = { name: "streaming", warm: true, says: [answerCanary] };
    await startTestWorker({ nats: server.url, id: "beast", runtimes: [{ kind: "ollama", models: [streaming] }] });
    await PlainWorker.start(server.url, "plain", {
      models: [{ name: "jobs", type: "llm", running: true }],
      work: () => ({ status: "ok", result: { text: answerCanary } }),
    });
    const nodes = ["beast", "plain"].map((id) => ({ id: NodeId.parse(id), kind: "nats-worker" as const, nats: server.url }));
    const home = await startHome({ nodes: {}, config: { nodes, cluster: { nats: server.url } } });
    for (const body of [chat("streaming", { stream: true }), chat("streaming"), chat("jobs")])
      expect((await call(home.url, chats, body)).text).toContain(answerCanary);
    const { streams, messages } = await heldBy(server.url);
    // Key-value buckets are streams too; beside them there is none.
    expect(streams.filter((name) => !name.startsWith("KV_homeport_"))).toEqual([]);
    expect(streams).toContain(`KV_${capabilityBucket}`);
    expect(messages).toContain("served_models");
    for (const canary of [promptCanary, answerCanary]) {
      expect(messages).not.toContain(canary);
      expect(filesOf(server.folder)).not.toContain(canary);
    }
  },
);
