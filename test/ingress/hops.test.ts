// Circles of gateways: seen by the list of hops, whoever wrote it and however long it is.
import { expect, test } from "vitest";
import { refusedHops } from "../../src-core/ingress/hops.ts";
import { fixedHeaders, requestHeaders } from "../../src-core/nodes/headers.ts";

test.each([
  ["none of ours", "a, b", undefined],
  ["ours alone", "us", "loop"],
  ["ours among others", "a,us,b", "loop"],
  ["ours in a second header", ["a", "b, us"], "loop"],
  ["a name that only holds ours", "usual", undefined],
  ["eight gateways", "1,2,3,4,5,6,7,8", undefined],
  ["nine gateways", "1,2,3,4,5,6,7,8,9", "loop"],
  ["a list without end", "x".repeat(10_000), "loop"],
  ["nothing", "", undefined],
] as const)("S-43: %s", (_what, hops, kind) => {
  expect(refusedHops(hops, "us")?.kind).toBe(kind);
});

test("S-43: a node of the house is told of us and of those before us; a service in the cloud of nobody", () => {
  const given = { "x-homeport-hops": "far" };
  expect(requestHeaders(fixedHeaders(undefined, "bearer", "us"), given, "bearer", true)).toEqual([
    "accept-encoding",
    "identity",
    "x-homeport-hops",
    "us",
    "x-homeport-hops",
    "far",
  ]);
  expect(requestHeaders(fixedHeaders("key"), given)).toEqual(["accept-encoding", "identity", "authorization", "Bearer key"]);
});
