// Jobs by the clock: how long a result is remembered, which deadline counts, and what is kept of whom (source-systems.md 1.7).
import { expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import type { ClientReply, InferenceCall } from "../../src-core/engine/exchange.ts";
import type { WorkerGate } from "../../src-core/ingress/nats-gate.ts";
import { NatsJobs } from "../../src-core/ingress/nats-jobs.ts";
import { FakeClock } from "../support/fake-clock.ts";

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const minute = 60_000;

function set(atOnce = 2) {
  const clock = new FakeClock();
  const config = Config.parse({});
  const calls: { readonly call: InferenceCall; readonly reply: ClientReply }[] = [];
  const gate: WorkerGate = {
    clock,
    config: () => config,
    now: () => clock.now(),
    route: (call, reply) => void calls.push({ call, reply }),
    show: () => Promise.resolve({ body: {} }),
    report: () => ({ node_id: "beast", served_models: [] }),
    onChange: () => () => undefined,
    onProgress: () => () => undefined,
    modelFor: (type) => (type === "llm" ? ModelId.parse("tiny") : undefined),
    runtimeOf: () => "ollama",
    load: () => Promise.resolve(undefined),
    unload: () => Promise.resolve(undefined),
  };
  const answer = (at: number, status = 200, body: unknown = { choices: [{ message: { role: "assistant", content: `answer ${at}` } }] }) => {
    calls[at]?.reply.head(status, {});
    calls[at]?.reply.end(bytes(body));
  };
  return { clock, calls, answer, jobs: new NatsJobs({ id: "beast", gate, atOnce }) };
}

const keyed = bytes({ job_id: "j", idempotency_key: "k", payload: { prompt: "Hi" } });

it("F65: a result is remembered for ten minutes and no longer", async () => {
  const { clock, calls, answer, jobs } = set();
  const first = jobs.take("llm", keyed);
  answer(0);
  expect(await first).toMatchObject({ status: "ok", cached: false });
  clock.advance(10 * minute);
  expect(await jobs.take("llm", keyed)).toMatchObject({ status: "ok", cached: true, result: { text: "answer 0" } });
  clock.advance(1);
  const again = jobs.take("llm", keyed);
  answer(1);
  expect(await again).toMatchObject({ cached: false, result: { text: "answer 1" } });
  expect(calls).toHaveLength(2);
  expect(jobs.counts).toMatchObject({ done: 2, remembered: 1 });
});

it("a failure is not remembered: the same key may be tried again", async () => {
  const { answer, jobs } = set();
  const first = jobs.take("llm", keyed);
  answer(0, 502, { error: { message: "gone", code: "upstream_error" } });
  expect(await first).toMatchObject({ status: "error", error: { code: "PROVIDER_ERROR", message: "gone", retryable: true } });
  const second = jobs.take("llm", keyed);
  answer(1);
  expect(await second).toMatchObject({ status: "ok" });
});

it("who joins waits no longer than their own deadline, and the work goes on for whoever began it", async () => {
  const { clock, answer, jobs } = set();
  const first = jobs.take("llm", keyed);
  const joined = jobs.take(
    "llm",
    bytes({ job_id: "late", idempotency_key: "k", deadline_ts: clock.now() + 1_000, payload: { prompt: "Hi" } }),
  );
  clock.advance(1_000);
  expect(await joined).toMatchObject({ job_id: "late", status: "timeout", error: { code: "DEADLINE_EXCEEDED" } });
  answer(0);
  expect(await first).toMatchObject({ status: "ok" });
  expect(jobs.counts.joined).toBe(1);
});

it("F66: a deadline in seconds counts as one, and zero is none", async () => {
  const { clock, calls, answer, jobs } = set();
  const seconds = Math.floor(clock.now() / 1000);
  expect(await jobs.take("llm", bytes({ deadline_ts: seconds - 1, payload: { prompt: "Hi" } }))).toMatchObject({ status: "timeout" });
  expect([calls.length, jobs.counts.expired]).toEqual([0, 1]);
  const running = jobs.take("llm", bytes({ deadline_ts: seconds + 60, payload: { prompt: "Hi" } }));
  expect(calls[0]?.call.facts.deadline).toBe((seconds + 60) * 1000);
  answer(0);
  expect(await running).toMatchObject({ status: "ok" });
  void jobs.take("llm", bytes({ deadline_ts: 0, payload: { prompt: "Hi" } }));
  expect(calls).toHaveLength(2);
});

it("a busy answer frees nothing and keeps nothing: only what runs counts, joined jobs do not", async () => {
  const { calls, answer, jobs } = set(1);
  const first = jobs.take("llm", keyed);
  const joined = jobs.take("llm", keyed);
  expect(await jobs.take("llm", bytes({ job_id: "other", payload: { prompt: "Hi" } }))).toMatchObject({
    status: "busy",
    error: { code: "BUSY" },
  });
  answer(0);
  expect([(await first).status, (await joined).status, jobs.running]).toEqual(["ok", "ok", 0]);
  expect(calls).toHaveLength(1);
});

it.each([
  [429, "rate_limit_exceeded", "busy", "BUSY"],
  [503, "upstream_busy", "busy", "BUSY"],
  [503, "service_unavailable", "error", "PROVIDER_ERROR"],
  [504, "deadline_exceeded", "timeout", "DEADLINE_EXCEEDED"],
  [504, "upstream_timeout", "error", "PROVIDER_ERROR"],
  [501, "unsupported", "error", "UNSUPPORTED_TYPE"],
  [400, "context_length_exceeded", "error", "INVALID_REQUEST"],
  [404, "model_not_found", "error", "INVALID_REQUEST"],
  [500, "internal_error", "error", "INTERNAL"],
])("1.6: a %d %s answer is %s with %s", async (status, code, told, jobCode) => {
  const { answer, jobs } = set();
  const job = jobs.take("llm", bytes({ payload: { prompt: "Hi" } }));
  answer(0, status, { error: { message: "no", code } });
  expect(await job).toMatchObject({ status: told, error: { code: jobCode } });
});
