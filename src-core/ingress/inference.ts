// The way of an inference call through the door: body, JSON, facts, then the engine. Runs for every request; nothing goes upstream unless all
// of it held (F43, F44).
import { isUtf8 } from "node:buffer";
import { type Failure, fail } from "../contract/failure.ts";
import { readAskedHeaders } from "../dialects/asked-headers.ts";
import { type InferenceRoute, readFacts } from "../dialects/facts.ts";
import { brokenTextIn, membersIn, repeatedKey } from "../dialects/json-faults.ts";
import { deepest, type Scan, scanBody, withoutText } from "../dialects/json-scan.ts";
import { mayWishForUsage } from "../dialects/usage-wish.ts";
import { withRule } from "../engine/auto-rule.ts";
import type { InferenceCall } from "../engine/exchange.ts";
import type { Gate } from "./doors.ts";
import { refuse } from "./errors.ts";
import type { UploadWatch } from "./upload.ts";
import { upstreamHeaders } from "./upstream-headers.ts";
import type { Visit } from "./visit.ts";

/** Reads the body of a visit and hands it over, or refuses. */
export function withBody(visit: Visit, maxBytes: number, uploads: UploadWatch, use: (body: Buffer) => void): void {
  visit.readBody(maxBytes, uploads, {
    onBody: (body) => {
      try {
        use(body);
      } catch (error) {
        uploads.onBug(error, visit.path);
        refuse(visit, fail("internal", "Homeport failed to handle this request; its log has the details."));
      }
    },
    onRefused: (problem) => {
      visit.closeAfter();
      if (problem === "too-large") refuse(visit, tooLarge(maxBytes));
      else refuse(visit, fail("invalid-request", "The request body arrives too slowly."), {}, 408);
    },
  });
}

/** Also what a short request may grow to, once everything it refers to stands in it. */
export function tooLarge(maxBytes: number): Failure {
  return fail("too-large", `The request body is larger than ${words(maxBytes)}, the most this gateway takes.`);
}

/** The body as a JSON value, or why it is none. What JSON.parse would let pass is refused here: depth, repeated keys, halves of characters. */
export function parseBody(
  body: Buffer,
): { readonly value: unknown; readonly scan: Extract<Scan, { ok: true }> } | { readonly failure: Failure } {
  const scan = scanBody(body);
  if (!scan.ok) return { failure: badJson(scan) };
  if (!isUtf8(body)) return { failure: fail("invalid-request", "The request body is not valid UTF-8.") };
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const kept = membersIn(value);
    if (kept === scan.members) return { value, scan };
    // A node may keep the first of two where we read the last.
    return { failure: kept < 0 ? brokenText(value) : badJson({ ok: false, problem: "duplicate-key", key: repeatedKey(body) }) };
  } catch (error) {
    return {
      failure: fail(
        "invalid-request",
        `The request body is not valid JSON: ${error instanceof Error ? error.message.slice(0, 120) : "unreadable"}.`,
      ),
    };
  }
}

/** Takes an inference call from a visit to the engine. */
export function takeCall(visit: Visit, path: string, route: InferenceRoute, gate: Gate, uploads: UploadWatch): void {
  withBody(visit, gate.config().gateway.maxBodyBytes, uploads, (body) => {
    const call = callFrom(visit, path, route, gate, body);
    if ("kind" in call) refuse(visit, call);
    else void gate.route(call, visit);
  });
}

/** A visit's call for the engine, or why it is refused. `read`: where the body was looked at already. */
export function callFrom(
  visit: Pick<Visit, "id" | "headers">,
  path: string,
  route: InferenceRoute,
  gate: Pick<Gate, "config" | "now">,
  body: Buffer,
  read: ReturnType<typeof parseBody> = parseBody(body),
): InferenceCall | Failure {
  if ("failure" in read) return read.failure;
  const at = gate.now();
  const config = gate.config();
  const deadlineMs = deadlineOf(visit.headers["x-homeport-deadline-ms"], config.requests.deadlineSeconds * 1000);
  if (typeof deadlineMs !== "number") return deadlineMs;
  const asked = readAskedHeaders(visit.headers);
  if (asked !== undefined && "kind" in asked) return asked;
  const deadline = at + deadlineMs;
  const affinity = config.affinity.enabled;
  const facts = readFacts({ id: visit.id, at, route, path, parsed: read.value, bodyBytes: body.length, deadline, asked, affinity });
  if ("kind" in facts) return facts;
  const { modelSpan } = read.scan;
  if (modelSpan === undefined) return fail("invalid-request", "You must provide a model parameter.", { field: "model" });
  const call: InferenceCall = {
    facts: withRule(facts, read.value, config),
    method: "POST",
    headers: upstreamHeaders(visit.headers),
    body,
    modelSpan,
    mayWishForUsage: mayWishForUsage(facts, read.value),
  };
  return facts.profileFrom === "body" ? withoutProfile(call) : call;
}

/** The body's `profile` was said to us, like our headers: it does not travel on (S-20), and a strict server would refuse it. */
function withoutProfile(call: InferenceCall): InferenceCall | Failure {
  const cut = withoutText(call.body, "profile");
  const body = Buffer.from(cut.buffer, cut.byteOffset, cut.byteLength);
  const scan = scanBody(body);
  return scan.ok && scan.modelSpan !== undefined
    ? { ...call, body, modelSpan: scan.modelSpan }
    : fail("invalid-request", "The request body is not valid JSON.");
}

/** A client may ask for less time than the configuration gives, never for more. */
function deadlineOf(asked: string | string[] | undefined, mostMs: number): number | Failure {
  if (asked === undefined) return mostMs;
  const ms = typeof asked === "string" && /^\d{1,12}$/.test(asked) ? Number(asked) : 0;
  if (ms > 0) return Math.min(ms, mostMs);
  return fail("invalid-request", "x-homeport-deadline-ms: expected a whole number of milliseconds above zero.", {
    field: "x-homeport-deadline-ms",
  });
}

function badJson(scan: Extract<Scan, { ok: false }>): Failure {
  switch (scan.problem) {
    case "too-deep":
      return fail("invalid-request", `The request body nests deeper than ${deepest} levels.`);
    case "duplicate-key":
      return fail("invalid-request", `The request body has the key "${(scan.key ?? "").slice(0, 64)}" twice.`, {
        field: (scan.key ?? "").slice(0, 64),
      });
    case "malformed":
      return fail("invalid-request", "The request body is not valid JSON.");
  }
}

/** Node and client would each put something else in its place, or refuse: the strict parsers among servers do. */
function brokenText(value: unknown): Failure {
  const field = brokenTextIn(value) ?? "";
  return fail("invalid-request", `${field}: the text holds half of a character (an unpaired surrogate), which is not Unicode.`, { field });
}

function words(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MiB` : `${Math.floor(bytes / 1024)} KiB`;
}
