// The control port: the contract over HTTP for the window in a browser and for scripts. Loopback only, its own token, its own origin (S-07).
import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Reply } from "../contract/api.ts";
import { ChangeEncoder } from "../contract/changes.ts";
import { type Failure, fail, statusOf } from "../contract/failure.ts";
import { answerJson } from "./answers.ts";
import type { ControlGate, OnBug } from "./doors.ts";
import { refuse } from "./errors.ts";
import { type GuardRules, hostsOf, inspect, keyHash, presentedKey } from "./guard.ts";
import { type Door, type HttpLimits, type OpenDoor, startHttp } from "./http.ts";
import { parseBody, withBody } from "./inference.ts";
import type { ListenWish, NotListening } from "./listen.ts";
import { PushStream } from "./push-stream.ts";
import { answerFile } from "./ui.ts";
import type { UploadWatch } from "./upload.ts";
import { UsageEvents } from "./usage-events.ts";
import type { Visit } from "./visit.ts";

export interface ControlOptions extends ListenWish {
  readonly gate: ControlGate;
  readonly token: string;
  /** Folder of the built window; absent or empty: a page that says how to build it. */
  readonly rendererDir?: string | undefined;
  readonly onBug: OnBug;
  readonly limits?: Partial<HttpLimits>;
  /** Between comments on a quiet event stream. */
  readonly keepAliveMs?: number;
}

const Call = z.object({ method: z.string(), input: z.unknown().optional() });
/** A whole configuration with a large catalogue fits. */
const callBytes = 8 * 1024 * 1024;
const fewConnections = 256;
const keepAliveMs = 15_000;

/** Opens the control port. */
export function startControl(options: ControlOptions): Promise<Door | NotListening> {
  return startHttp({ ...options, limits: { maxConnections: fewConnections, ...options.limits }, open: controlDoor(options) });
}

function controlDoor(options: ControlOptions): OpenDoor {
  return (port, uploads) => {
    const hosts = hostsOf(port, []);
    const rules: GuardRules = { hosts, origins: new Set([...hosts].map((host) => `http://${host}`)), key: { state: "open" } };
    const tokenHash = keyHash(options.token);
    return (visit) => {
      // A link on some page may open the window, as it may open any page; whatever the window then does carries the token.
      const opening = visit.method === "GET" && visit.path === "/" && visit.headers["sec-fetch-mode"] === "navigate";
      const asked = opening ? { ...headOf(visit), headers: { ...visit.headers, "sec-fetch-site": "none" } } : visit;
      const refused = inspect(asked, rules);
      if (refused !== undefined) return sayNo(visit, refused.failure);
      if (visit.path === "/control" || visit.path.startsWith("/control/")) {
        const key = presentedKey(visit.headers);
        if (key === undefined || !timingSafeEqual(keyHash(key), tokenHash)) return sayNo(visit, noToken);
        return control(visit, options, uploads);
      }
      if (visit.method !== "GET" && visit.method !== "HEAD")
        return refuse(visit, fail("method-not-allowed", `${visit.path.slice(0, 200)} is a file.`), { allow: "GET, HEAD" });
      guarded(visit, options.onBug, answerFile(visit, options.rendererDir));
    };
  };
}

const noToken = fail(
  "unauthorized",
  "The control port asks for the token that Homeport printed when it started. Send it as Authorization: Bearer.",
);

function headOf({ method, target, headers, rawHeaders }: Visit) {
  return { method, target, headers, rawHeaders };
}

function control(visit: Visit, options: ControlOptions, uploads: UploadWatch): void {
  const stream = streams.get(visit.path);
  if (stream !== undefined) {
    if (visit.method === "GET") return stream(visit, options);
    return sayNo(visit, fail("method-not-allowed", `${visit.path} takes GET.`), { allow: "GET" });
  }
  if (visit.path !== "/control/call") return sayNo(visit, fail("not-found", `There is nothing at ${visit.path.slice(0, 200)}.`));
  if (visit.method !== "POST") return sayNo(visit, fail("method-not-allowed", "/control/call takes POST."), { allow: "POST" });
  withBody(visit, callBytes, uploads, (body) => guarded(visit, options.onBug, answerCall(visit, body, options.gate)));
}

async function answerCall(visit: Visit, body: Buffer, gate: ControlGate): Promise<void> {
  const read = parseBody(body);
  if ("failure" in read) return sayNo(visit, read.failure);
  const call = Call.safeParse(read.value);
  if (!call.success) return sayNo(visit, fail("invalid-request", 'The body must be {"method": …, "input": …}.'));
  const reply = await gate.dispatch(call.data.method, call.data.input ?? {});
  answerJson(visit, reply, reply.ok ? 200 : statusOf(reply.failure));
}

function streamEvents(visit: Visit, options: ControlOptions): void {
  visit.head(200, { "content-type": "text/event-stream; charset=utf-8" });
  const wantsChanges = new URLSearchParams(visit.target.split("?", 2)[1]).get("pushes") === "changes";
  const stream = new PushStream(visit, options.keepAliveMs ?? keepAliveMs, wantsChanges ? new ChangeEncoder() : undefined);
  const stopListening = options.gate.listen((push) => stream.push(push));
  visit.onGone(() => {
    stopListening();
    stream.stop();
  });
}

function streamUsage(visit: Visit, options: ControlOptions): void {
  visit.head(200, { "content-type": "text/event-stream; charset=utf-8" });
  const stream = new UsageEvents(visit, options.keepAliveMs ?? keepAliveMs);
  const stopListening = options.gate.usage((state) => stream.push(state));
  visit.onGone(() => {
    stopListening();
    stream.stop();
  });
}

const streams: ReadonlyMap<string, (visit: Visit, options: ControlOptions) => void> = new Map([
  ["/control/events", streamEvents],
  ["/control/usage-stream", streamUsage],
]);

/** Failures on this port have the contract's shape, whoever tells them. */
function sayNo(visit: Visit, failure: Failure, headers: Readonly<Record<string, string>> = {}): void {
  const reply: Reply = { ok: false, failure };
  visit.head(statusOf(failure), { ...headers, "content-type": "application/json; charset=utf-8" });
  visit.end(Buffer.from(JSON.stringify(reply)));
}

function guarded(visit: Visit, onBug: OnBug, done: Promise<void>): void {
  done.catch((error: unknown) => {
    onBug(error, visit.path);
    sayNo(visit, fail("internal", "Homeport failed to answer; its log has the details."));
  });
}
