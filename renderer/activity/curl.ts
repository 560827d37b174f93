// One request as a line for a terminal (UX-08): where it went and in which form, without keys and without its words, which are not kept.
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { code } from "../language/code.ts";

type Gateway = Pick<Snapshot["gateway"], "url" | "keyRequired">;

/** Where the row does not tell its path: the usual one of its dialect and task. */
function usualPath({ dialect, task }: RequestRow): string {
  if (dialect === "anthropic") return "/v1/messages";
  if (dialect === "responses") return "/v1/responses";
  if (dialect === "ollama") return task === "chat" ? "/api/chat" : task === "embedding" ? "/api/embed" : "/api/generate";
  const paths = { completion: "/v1/completions", embedding: "/v1/embeddings", rerank: "/v1/rerank" } as const;
  return task === "completion" || task === "embedding" || task === "rerank" ? paths[task] : "/v1/chat/completions";
}

/** For a shell: nothing in it is read as a command. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What stands for the words of the request. */
export const leftOut = "…";

/** `said`: its body, where it was captured. "curl http://127.0.0.1:4663/v1/chat/completions -H 'content-type: application/json' -d '{"model":"qwen3:8b","stream":true,…}'". */
export function curlOf(row: RequestRow, { url, keyRequired }: Gateway, said?: string): string {
  const headers = [code`content-type: application/json`, ...(row.dialect === "anthropic" ? ["anthropic-version: 2023-06-01"] : [])];
  const key = keyRequired ? [code`-H "authorization: Bearer $HOMEPORT_KEY"`] : [];
  const body = said ?? JSON.stringify({ model: row.model, stream: row.stream }).replace(/\}$/, `,${leftOut}}`);
  return [
    code`curl -X POST`,
    quoted(`${url}${row.path ?? usualPath(row)}`),
    ...headers.map((header) => `-H ${quoted(header)}`),
    ...key,
    `-d ${quoted(body)}`,
  ].join(" ");
}
