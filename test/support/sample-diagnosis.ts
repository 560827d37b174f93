// What a doctor might find: every level, with and without a change that can be written.
import type { Diagnosis } from "../../src-core/contract/diagnosis.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const studio = NodeId.parse("studio");
const model = ModelId.parse("llama3.2:3b");

export const sampleDiagnosis: Diagnosis = {
  at: sampleSnapshot.now,
  running: true,
  findings: [
    { id: "gateway-port", level: "ok", title: "Gateway port", says: "Homeport listens on 4663." },
    {
      id: "gateway-strangers",
      level: "ok",
      title: "Web pages and the gateway",
      says: "A foreign Host and a foreign Origin were both refused with 403.",
    },
    {
      id: "node:attic",
      level: "error",
      title: "Node attic",
      says: "Nothing answers at http://attic.lan:8080.",
      node: NodeId.parse("attic"),
      fix: { says: "Start the server at http://attic.lan:8080, or change or switch off this node." },
    },
    {
      id: "context:studio/llama3.2:3b",
      level: "warning",
      title: "Long prompts: llama3.2:3b on studio",
      says: "It read 2051 of about 5000 tokens and said nothing: what is longer than its context of 4096 is cut in silence.",
      node: studio,
      fix: {
        says: "Load it with a context of 32768 tokens. It then needs more memory.",
        change: { what: "context", model, tokens: 32_768 },
        writes:
          "Load llama3.2:3b with a context of 32768 tokens from now on (catalogue). What is loaded now stays until it is loaded again.",
      },
    },
    {
      id: "tray",
      level: "note",
      title: "Tray",
      says: "This desktop shows no tray icons, so Homeport keeps its window.",
      fix: { says: "On GNOME, install the extension AppIndicator and KStatusNotifierItem Support." },
    },
    { id: "redis", level: "skipped", title: "Redis", says: "The settings name no Redis." },
  ],
};
