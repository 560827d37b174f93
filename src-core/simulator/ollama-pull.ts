// A simulated Ollama's pull and delete, line for line as apis.md 1.9 has it: errors come as a line under 200, a pull goes on where one was left.
import { z } from "zod";
import type { Call } from "./call.ts";
import type { KindParts } from "./kind.ts";
import { refuse } from "./ollama-inference.ts";
import { filedName, findFiled } from "./ollama-names.ts";
import { digestOf } from "./words.ts";

const PullAsked = z.object({ model: z.string().optional(), name: z.string().optional(), stream: z.boolean().optional() });
const lineEveryMs = 100;
/** Everything of a model that is not its weights. */
const smallPartBytes = 12_000;

export async function pullModel(call: Call, { disk }: KindParts): Promise<void> {
  const asked = nameIn(call);
  if (asked === undefined) return refuse(call, 400, "invalid model name");
  const fetch = disk.begin(findFiled(disk.models, asked)?.name ?? asked);
  const stream = call.open("application/x-ndjson", {});
  const tell = (line: object) => stream.write(`${JSON.stringify(line)}\n`);
  const end = (line: object) => {
    tell(line);
    stream.end();
  };
  tell({ status: "pulling manifest" });
  if (fetch === undefined) return end({ error: "pull model manifest: file does not exist" });
  const digest = digestOf(filedName(fetch.model.name));
  const total = fetch.model.bytes;
  const status = `pulling ${digest.slice(0, 12)}`;
  tell({ status, digest: `sha256:${digest}`, total });
  while (fetch.done < total) {
    await call.wait(lineEveryMs);
    // The caller left: what is there stays, and the next pull goes on from it.
    if (call.signal.aborted) return;
    if (!disk.write(fetch, (disk.bytesPerSecond * lineEveryMs) / 1000))
      return end({ error: `write /usr/share/ollama/.ollama/models/blobs/sha256-${digest}-partial-0: no space left on device` });
    tell({ status, digest: `sha256:${digest}`, total, completed: fetch.done });
  }
  const small = { status: "pulling 966de95ca8a6", digest: "sha256:966de95ca8a6", total: smallPartBytes };
  tell({ ...small, completed: smallPartBytes });
  tell({ status: "verifying sha256 digest" });
  tell({ status: "writing manifest" });
  disk.finish(fetch);
  end({ status: "success" });
}

export function deleteModel(call: Call, { disk, residency }: KindParts): void {
  const asked = nameIn(call) ?? "";
  const model = findFiled(disk.models, asked);
  if (model === undefined) return refuse(call, 404, `model '${asked}' not found`);
  residency.unload(model.name);
  disk.remove(model.name);
  call.text(200, "", "");
}

function nameIn(call: Call): string | undefined {
  try {
    const asked = PullAsked.safeParse(JSON.parse(call.body.toString("utf8"))).data;
    return asked?.model ?? asked?.name;
  } catch {
    return undefined;
  }
}
