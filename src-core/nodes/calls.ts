// The calls we make on our own account: probes, loads, unloads.
import type { UpstreamCall } from "../engine/ports.ts";

const asksJson = { accept: "application/json" } as const;
const sendsJson = { ...asksJson, "content-type": "application/json" } as const;

export function get(path: string): UpstreamCall {
  return { method: "GET", path, headers: asksJson };
}

export function postJson(path: string, body: Readonly<Record<string, unknown>>): UpstreamCall {
  return { method: "POST", path, headers: sendsJson, body: Buffer.from(JSON.stringify(body)) };
}

/** Text as JSON, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
