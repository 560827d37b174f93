// What a worker's report tells of its memory: a gateway knows whether it may decide by it.
import { expect, test } from "vitest";
import { CapabilityReport } from "../../src-core/contract/jobs.ts";
import { sightingOf } from "../../src-core/nodes/nats-report.ts";

const gb = 1_000_000_000;
const card = { name: "RTX 3090", total_bytes: 24 * gb, used_bytes: 4 * gb, limit: "soft" };
const ram = { name: "System memory", total_bytes: 64 * gb, used_bytes: 9 * gb, limit: "none" };

test.each([
  ["a card beside which there is the system's memory", [card], { totalBytes: 24 * gb, usedBytes: 4 * gb, limit: "soft" }],
  ["two cards", [card, card], { totalBytes: 48 * gb, usedBytes: 8 * gb, limit: "soft" }],
  ["the system's memory alone", [ram], { totalBytes: 64 * gb, limit: "none" }],
  ["one of whom some device does not tell what is used", [card, { ...card, used_bytes: undefined }], { totalBytes: 48 * gb }],
])("demands 4: %s", (_, devices, memory) => {
  const report = CapabilityReport.parse({ node_id: "beast", served_models: [], devices });
  expect(sightingOf(report, "x", () => false).memory).toMatchObject(memory);
});

test("a device of another maker's worker, and a word that no version knows, limit as ever", () => {
  for (const limit of [undefined, "some-new-word"]) {
    const report = CapabilityReport.parse({ node_id: "beast", served_models: [], devices: [{ ...card, limit }] });
    expect(sightingOf(report, "x", () => false).memory).not.toHaveProperty("limit");
  }
});
