// Ollama's progress of a pull: JSON lines under HTTP 200, whose last one tells how it went. Several parts interleave; a person is shown their sum.
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import type { PullProgress, UpstreamCall } from "../engine/ports.ts";
import { parseJson } from "./calls.ts";
import type { NodeHttp } from "./http.ts";
import { errorWords, presentable } from "./words.ts";

const PullLine = z.object({
  status: z.string().optional().catch(undefined),
  digest: z.string().optional().catch(undefined),
  total: z.number().nonnegative().optional().catch(undefined),
  completed: z.number().nonnegative().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
type PullLine = z.infer<typeof PullLine>;

/** No line of progress is near this long; a longer one is not read. */
const longestLineChars = 64 * 1024;
/** A model has a handful of parts; a node that tells of more is lying. */
const mostParts = 1_000;

export interface PullWish {
  readonly http: NodeHttp;
  readonly model: string;
  readonly call: UpstreamCall;
}

/** Resolves when the node says "success", or with why it will not: `disk-full`, `upstream-lacks-model`, `pull-failed`, `cancelled` or a transport's failure. */
export function followPull(
  { http, model, call }: PullWish,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { node } = http;
  return new Promise((resolve) => {
    const parts = new Parts();
    let pending = "";
    let status = 0;
    const finish = (failure: Failure | undefined) => {
      signal.removeEventListener("abort", giveUp);
      handle.abort();
      resolve(failure);
    };
    const giveUp = () =>
      finish(fail("cancelled", `Fetching ${model} to ${node} was stopped. What it has fetched stays there; the next try goes on from it.`));
    const text = new TextDecoder();
    const read = (line: string) => {
      const told = PullLine.safeParse(parseJson(line)).data;
      if (told === undefined) return;
      if (told.error !== undefined) finish(pullFailure(node, model, told.error));
      else if (told.status === "success") finish(undefined);
      else onProgress(parts.after(told));
    };
    const handle = http.send(call, {
      onHead: (head) => {
        status = head.status;
      },
      onData: (chunk) => {
        pending += text.decode(chunk, { stream: true });
        if (status !== 200) pending = pending.slice(0, longestLineChars);
        else {
          const lines = pending.split("\n");
          pending = (lines.pop() ?? "").slice(0, longestLineChars);
          for (const line of lines) read(line);
        }
        return true;
      },
      onEnd: () => {
        if (status === 200) read(pending);
        finish(
          status === 200
            ? fail("pull-failed", `${node} stopped fetching ${model} without saying why. Try again: it goes on from there.`)
            : pullFailure(node, model, errorWords(pending), status),
        );
      },
      onFailure: (failure) => finish(failure),
    });
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
}

/** A node's words for why it could not fetch a model. `status`: where it refused the call itself. */
export function pullFailure(node: string, model: string, told: string, status?: number): Failure {
  const words = presentable(told);
  if (
    /\bno space left\b|\bENOSPC\b|\bdisk (?:is )?full\b|\bnot enough (?:free )?(?:disk )?space\b|\binsufficient (?:disk )?(?:space|storage)\b/i.test(
      words,
    )
  )
    return fail("disk-full", `The disk of ${node} is too full for ${model}: ${words}. Delete a model there, then try again.`);
  if (/\bfile does not exist\b|\bmanifest unknown\b|\b(?:model|repository) .*not found\b|\bnot found\b/i.test(words))
    return fail("upstream-lacks-model", `The library that ${node} fetches from has no model called ${model}: ${words}`);
  if (status === 401 || status === 403)
    return fail("upstream-misconfigured", `${node} refused Homeport (${status}). Set or correct its API key in the settings.`, {
      detail: words,
    });
  return fail("pull-failed", `${node} could not fetch ${model}: ${words === "" ? `it answered ${status ?? "nothing"}` : words}`);
}

/** The sum over all parts told of. */
class Parts {
  readonly #parts = new Map<string, { readonly total: number; readonly completed: number }>();

  after({ status, digest, total, completed }: PullLine): PullProgress {
    if (digest !== undefined && total !== undefined && (this.#parts.size < mostParts || this.#parts.has(digest))) {
      // A part that is begun anew tells a smaller figure: what was fetched once is still shown.
      const before = this.#parts.get(digest)?.completed ?? 0;
      this.#parts.set(digest, { total, completed: Math.min(total, Math.max(before, completed ?? 0)) });
    }
    const stage = status === undefined ? undefined : presentable(digest === undefined ? status : "pulling");
    if (this.#parts.size === 0) return { stage };
    let totalBytes = 0;
    let completedBytes = 0;
    for (const part of this.#parts.values()) {
      totalBytes += part.total;
      completedBytes += part.completed;
    }
    return { stage, totalBytes, completedBytes };
  }
}
