// Ollama's routes that fetch, build, overwrite or delete models: refused unless the person let them in by name (S-08), since one POST to
// them from anywhere has cost others their models and their memory.

import type { z } from "zod";
import type { OllamaRoute } from "../contract/config.ts";
import { fail } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { ForwardedCall, Gate } from "./doors.ts";
import { refuse } from "./errors.ts";
import { withBody } from "./inference.ts";
import type { UploadWatch } from "./upload.ts";
import { upstreamHeaders } from "./upstream-headers.ts";
import type { Visit } from "./visit.ts";

type RouteName = z.infer<typeof OllamaRoute>;

/** Refuses, or passes on to the only Ollama node there is. */
export function answerDestructive(visit: Visit, name: RouteName, method: ForwardedCall["method"], gate: Gate, uploads: UploadWatch): void {
  const { allowOllamaRoutes, maxBodyBytes } = gate.config().gateway;
  if (!allowOllamaRoutes.includes(name)) {
    const message = `Homeport does not pass ${visit.path} on: it changes or deletes models on a node. Do it on the node itself, or list "${name}" under gateway.allowOllamaRoutes.`;
    return refuse(visit, fail("forbidden", message));
  }
  const nodes = Object.values(gate.fleet().nodes).filter(
    (node) => node.kind === "ollama" && node.enabled && node.duplicateOf === undefined,
  );
  const [only, second] = nodes;
  if (only === undefined) return refuse(visit, fail("no-candidate", `${visit.path} is Ollama's own, and no Ollama node is configured.`));
  if (second !== undefined || gate.forward === undefined) return refuse(visit, fail("unsupported", sendThere(visit.path, nodes)));
  withBody(visit, maxBodyBytes, uploads, (body) => {
    const headers = name === "blobs" ? { "content-type": "application/octet-stream" } : upstreamHeaders(visit.headers);
    gate.forward?.({ method, path: visit.path, headers, body }, only.id, visit);
  });
}

function sendThere(path: string, nodes: readonly Node[]): string {
  const places = nodes.map((node) => `${node.name} at ${node.url}`).join(", ");
  return nodes.length === 1
    ? `Homeport cannot pass ${path} on. Send it to the node itself: ${places}.`
    : `Homeport cannot tell which node ${path} is meant for. Send it to the node itself: ${places}.`;
}
