// A job that is not answered in time is asked for again with the same key, so that its worker joins what it is doing (source-systems.md 1.8).
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import type { NatsLink, NatsMessage } from "../../src-core/engine/nats-port.ts";
import { chatAnswer } from "../../src-core/nodes/nats-chat.ts";
import { askJob } from "../../src-core/nodes/nats-job.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Asked {
  readonly job_id: string;
  readonly idempotency_key: string;
}

const silent: NatsMessage = { subject: "", data: Buffer.from("{}"), reply: undefined, header: () => undefined, respond: () => undefined };

/** A line on which nobody answers in time before the last of `tries`; each costs a minute. */
function slowLine(tries: number) {
  const clock = new FakeClock();
  const asked: { readonly job: Asked; readonly waitMs: number }[] = [];
  const link: NatsLink = {
    state: () => ({ state: "connected", server: "s", version: "2.12.7", jetstream: false }),
    onState: () => () => undefined,
    maxPayloadBytes: () => 1024 * 1024,
    request: async (subject, data, waitMs) => {
      if (subject === "node.beast.capabilities.get") return silent;
      const job: Asked = JSON.parse(Buffer.from(data).toString());
      asked.push({ job, waitMs });
      if (asked.length < tries) {
        clock.advance(waitMs);
        return { failure: fail("first-byte-timeout", "Nobody answered in time.") };
      }
      const body = Buffer.from(JSON.stringify({ job_id: job.job_id, status: "ok", result: { text: "done" } }));
      return { ...silent, data: body };
    },
    gather: async () => [],
    publish: () => true,
    subscribe: () => () => undefined,
    inbox: () => "inbox",
    bucket: async () => ({ failure: fail("unsupported", "none") }),
    retry: () => undefined,
    close: async () => undefined,
  };
  return { asked, clock, line: { node: "beast", link, subject: "node.beast", clock } };
}

const payload = { model: "m", messages: [] };
const requestId = RequestId.parse("r1");

describe("a job", () => {
  it("1.8: is asked for twice more with the same id and key, a minute each", async () => {
    const { asked, line } = slowLine(3);
    expect(await askJob(line, payload, { requestId })).toMatchObject({ response: { status: "ok" } });
    expect(asked.map(({ waitMs }) => waitMs)).toEqual([60_000, 60_000, 60_000]);
    expect(new Set(asked.map(({ job }) => `${job.job_id} ${job.idempotency_key}`)).size).toBe(1);
  });

  it("F68: a worker that crashed and is back gets the job once more, under the same key", async () => {
    const { asked, line } = slowLine(2);
    expect(await askJob(line, payload, { requestId })).toMatchObject({ response: { status: "ok" } });
    expect(asked).toHaveLength(2);
    expect(asked[1]?.job).toEqual(asked[0]?.job);
  });

  it("F68: the third time it is waited for until its deadline, however far that is, and not asked for again", async () => {
    const { asked, line, clock } = slowLine(9);
    await askJob(line, payload, { requestId, deadline: clock.now() + 3_600_000 });
    expect(asked.map(({ waitMs }) => waitMs)).toEqual([60_000, 60_000, 3_480_000]);
  });

  it("F69: what other workers were lost at counts: a third delivery is the last", async () => {
    const { asked, line } = slowLine(9);
    await askJob(line, payload, { requestId, lost: 2 });
    expect(asked).toHaveLength(1);
  });

  it("R-13: nobody waits any more: it is not asked for again", async () => {
    const { asked, line } = slowLine(9);
    await askJob(line, payload, { requestId }, () => true);
    expect(asked).toHaveLength(1);
  });

  it("apis.md 8: waits no longer than its deadline, and is then over", async () => {
    const { asked, line, clock } = slowLine(9);
    const answer = await askJob(line, payload, { requestId, deadline: clock.now() + 90_000 });
    expect(asked.map(({ waitMs }) => waitMs)).toEqual([60_000, 30_000]);
    expect(answer).toMatchObject({ failure: { kind: "deadline-exceeded" } });
  });

  it("F65: another question of the same request has another key: no stale answer comes back", async () => {
    const { asked, line } = slowLine(1);
    await askJob(line, payload, { requestId });
    await askJob(line, { ...payload, model: "other" }, { requestId });
    expect(new Set(asked.map(({ job }) => job.idempotency_key)).size).toBe(2);
  });

  it.each([
    [{ text: "a" }, "a"],
    [{ content: "b" }, "b"],
    [{ response: "c" }, "c"],
    [{ message: { role: "assistant", content: "d" } }, "d"],
    [{ choices: [{ message: { content: "e" }, finish_reason: "length" }] }, "e"],
  ])("1.6: the result %j is read", (result, content) => {
    const answer = chatAnswer({ job_id: "j", status: "ok", result }, { model: "m", stream: false, usage: false });
    expect(JSON.parse(String(answer?.body))).toMatchObject({ choices: [{ message: { content } }] });
  });

  it("1.6: a result without words is no answer", () => {
    expect(chatAnswer({ job_id: "j", status: "ok" }, { model: "m", stream: false, usage: false })).toBeUndefined();
  });
});
