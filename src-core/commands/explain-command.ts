// `explain --model M`: asks a running Homeport where a request would go now, over its control port. Nothing is sent to a node.
// Exit codes: 1 where no Homeport answers or the answer is a failure, 2 for bad usage.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { Explanation } from "../contract/route.ts";
import { callControl } from "./control-call.ts";
import { explanationLines } from "./explain-words.ts";
import { BadUsage } from "./options.ts";

export const explainOptions = {
  model: { type: "string" },
  profile: { type: "string" },
  agent: { type: "string" },
  policy: { type: "string" },
  request: { type: "string" },
  local: { type: "boolean" },
  config: { type: "string" },
  control: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
} as const;

export interface ExplainWish {
  readonly model?: string | undefined;
  readonly profile?: string | undefined;
  readonly agent?: string | undefined;
  readonly policy?: string | undefined;
  /** A file with a request's body, for rules and capabilities. */
  readonly request?: string | undefined;
  readonly local?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** The control address; without it the port of the configuration on this machine. */
  readonly control: string;
  readonly token: string | undefined;
}

const RequestBody = z.record(z.string(), z.unknown());
const answerMs = 10_000;
const elsewhere = "the desktop app explains on its Routing page.";

/** Prints words, or with `json` the explanation itself. */
export async function runExplain(wish: ExplainWish, print: (line: string) => void): Promise<void> {
  const explanation = await callControl({ ...wish, answerMs, elsewhere }, "explain", questionOf(wish), Explanation);
  if (wish.json === true) print(JSON.stringify(explanation));
  else for (const line of explanationLines(explanation)) print(line);
}

function questionOf({ model, profile, agent, policy, request, local }: ExplainWish): Record<string, unknown> {
  const body = request === undefined ? undefined : readBody(request);
  const asked = model ?? (typeof body?.["model"] === "string" ? body["model"] : undefined);
  if (asked === undefined || asked === "") throw new BadUsage("--model is missing: which model would be asked for?");
  return {
    model: asked,
    ...(profile === undefined ? {} : { profile }),
    ...(agent === undefined ? {} : { agent }),
    ...(policy === undefined ? {} : { policy }),
    ...(local === true ? { localOnly: true } : {}),
    ...(body === undefined ? {} : { request: body }),
  };
}

function readBody(file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it is not JSON";
    throw new BadUsage(`--request: ${file} cannot be used: ${reason}.`);
  }
  const body = RequestBody.safeParse(value);
  if (body.success) return body.data;
  throw new BadUsage(`--request: expected ${file} to hold a request's JSON body, an object.`);
}
