// Downloads that a server does on its own and that are only looked at: LM Studio's jobs, the llama-server router's own cache. apis.md 4.2, 5.1.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import type { PullProgress, UpstreamCall } from "../engine/ports.ts";
import { get, parseJson, postJson } from "./calls.ts";
import type { NodeHttp } from "./http.ts";
import type { Listed } from "./llama-server-shapes.ts";
import { Word } from "./model-list.ts";
import { pullFailure } from "./pull-stream.ts";
import type { Answer } from "./read-answer.ts";
import { errorWords } from "./words.ts";

const lookEveryMs = 500;
/** So many looks in a row that fail, or that do not show the download, end it. */
const mostMisses = 6;
const cancelMs = 5_000;

type OnProgress = (progress: PullProgress) => void;

const Bytes = z.number().nonnegative().optional().catch(undefined);
const Job = z.object({
  job_id: z.string().optional(),
  status: z.string(),
  total_size_bytes: Bytes,
  downloaded_bytes: Bytes,
  error: z
    .union([z.string(), z.object({ message: z.string() })])
    .optional()
    .catch(undefined),
});
type Job = z.infer<typeof Job>;

/** LM Studio fetches as a job with an id. No call stops one: aborting only stops the looking. */
export async function downloadByJob(
  http: NodeHttp,
  model: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { node } = http;
  const begun = await http.read(postJson("/api/v1/models/download", { model }), signal);
  let job = jobIn(begun, node, model);
  const id = "failure" in job ? undefined : job.job_id;
  for (let misses = 0; ; ) {
    if (signal.aborted)
      return fail("cancelled", `Homeport has stopped following ${model}. LM Studio on ${node} goes on fetching it: stop it there.`);
    if ("failure" in job) {
      misses += 1;
      if (id === undefined || misses >= mostMisses) return job.failure;
    } else {
      misses = 0;
      if (job.status === "completed" || job.status === "already_downloaded") return undefined;
      if (job.status === "failed") return pullFailure(node, model, wordsOf(job));
      if (id === undefined)
        return fail(
          "pull-failed",
          `${node} began to fetch ${model} but names no job by which it could be followed. Look at LM Studio itself.`,
        );
      onProgress({ stage: job.status, completedBytes: job.downloaded_bytes, totalBytes: job.total_size_bytes });
    }
    await sleep(lookEveryMs, undefined, { signal, ref: false }).catch(() => {});
    job = jobIn(await http.read(get(`/api/v1/models/download/status/${encodeURIComponent(id)}`), signal), node, model);
  }
}

function jobIn(answer: Answer | { readonly failure: Failure }, node: string, model: string): Job | { readonly failure: Failure } {
  if ("failure" in answer) return answer;
  const job = Job.safeParse(parseJson(answer.text)).data;
  return job === undefined || answer.status >= 300 ? { failure: pullFailure(node, model, errorWords(answer.text), answer.status) } : job;
}

function wordsOf({ error }: Job): string {
  return (typeof error === "string" ? error : error?.message) ?? "it did not say why";
}

const FileProgress = z.record(z.string(), z.object({ done: Bytes, total: Bytes }));
const Fetching = z.object({
  data: z.array(
    z
      .object({ id: z.string(), status: z.object({ value: Word, progress: FileProgress.optional().catch(undefined) }) })
      .catch({ id: "", status: { value: undefined } }),
  ),
});
type Fetching = z.infer<typeof Fetching>["data"][number];

/** The router fetches into its cache, and shows that in its list. Its unload call also stops a download. */
export async function downloadByRouter(
  http: NodeHttp,
  model: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { node } = http;
  const begun = await http.read(postJson("/models", { model }), signal);
  if ("failure" in begun) return begun.failure;
  if (begun.status === 404 || begun.status === 405 || begun.status === 501)
    return fail("unsupported", `The llama-server on ${node} is too old to fetch models by itself. Update it, or put the file there.`);
  if (begun.status >= 300) return pullFailure(node, model, errorWords(begun.text), begun.status);
  for (let misses = 0; misses < mostMisses; ) {
    const found = await fetchingIn(http, model, signal);
    if (signal.aborted) break;
    if (found === undefined) misses += 1;
    else if (found.status.value !== "downloading") return undefined;
    else {
      misses = 0;
      onProgress({ stage: "downloading", ...sumOf(found) });
    }
    await sleep(lookEveryMs, undefined, { signal, ref: false }).catch(() => {});
  }
  if (!signal.aborted) return fail("pull-failed", `${node} gave up fetching ${model}. The log of llama-server on ${node} says why.`);
  await http.read(postJson("/models/unload", { model }), AbortSignal.timeout(cancelMs));
  return fail("cancelled", `Fetching ${model} to ${node} was stopped.`);
}

async function fetchingIn(http: NodeHttp, model: string, signal: AbortSignal): Promise<Fetching | undefined> {
  const answer = await http.read(get("/models"), signal);
  if ("failure" in answer) return undefined;
  return Fetching.safeParse(parseJson(answer.text)).data?.data.find(({ id }) => id === model);
}

function sumOf({ status }: Fetching): Pick<PullProgress, "completedBytes" | "totalBytes"> {
  const files = Object.values(status.progress ?? {});
  if (files.length === 0) return {};
  return {
    completedBytes: files.reduce((sum, { done }) => sum + (done ?? 0), 0),
    totalBytes: files.reduce((sum, { total }) => sum + (total ?? 0), 0),
  };
}

/** Asks a server to delete a model; one that it does not have is gone already. */
export async function removedFrom(http: NodeHttp, call: UpstreamCall, model: string, signal: AbortSignal): Promise<Failure | undefined> {
  const answer = await http.read(call, signal);
  if ("failure" in answer) return answer.failure;
  if (answer.status < 300) return undefined;
  const words = errorWords(answer.text);
  if (answer.status === 404 && /\bnot found\b/i.test(words) && !/^404 page|^file not found$/i.test(words)) return undefined;
  return fail("upstream-rejected", `${http.node} did not delete ${model} (${answer.status}): ${words}`, { status: answer.status });
}

/** The router's list without what it is still fetching: that cannot be asked for anything. */
export function withoutFetching(models: readonly Listed[]): readonly Listed[] {
  return models.some(({ status }) => status?.value === "downloading")
    ? models.filter(({ status }) => status?.value !== "downloading")
    : models;
}
