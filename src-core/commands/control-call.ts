// Asks a running Homeport over its control port, as a window would. What fails is told in whole sentences that say what to do.
import { z } from "zod";
import type { MethodName } from "../contract/api.ts";
import { Failure } from "../contract/failure.ts";
import { BadUsage } from "./options.ts";

/** No answer, or a failure for one. `message` is whole sentences. `because`: nobody answers there, or Homeport itself said no. */
export class ControlFailed extends Error {
  readonly exitCode = 1;
  readonly because: "silence" | "refusal";

  constructor(message: string, because: "silence" | "refusal" = "refusal") {
    super(message);
    this.because = because;
  }
}

export interface ControlAddress {
  readonly control: string;
  readonly token: string | undefined;
  /** An answer is waited for so long. */
  readonly answerMs: number;
  /** Where else a person may look, as the end of a sentence. */
  readonly elsewhere: string;
}

const Answer = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), failure: Failure }),
]);

/** The answer to one method of the contract. Throws `BadUsage` for an address or token that is none, `ControlFailed` for the rest. */
export async function callControl<T extends z.ZodType>(
  address: ControlAddress,
  method: MethodName,
  input: Readonly<Record<string, unknown>>,
  shape: T,
): Promise<z.output<T>> {
  const { control, token } = address;
  if (!URL.canParse(control))
    throw new BadUsage(`--control: expected an address such as http://127.0.0.1:4664, got ${JSON.stringify(control)}.`);
  if (token === undefined) {
    throw new BadUsage(
      "--token is missing. A headless Homeport prints it when it starts, behind #token= in the window's address, and hands it out nowhere else; HOMEPORT_TOKEN does as well.",
    );
  }
  const parsed = Answer.safeParse(await post(new URL("/control/call", control), token, { method, input }, address));
  if (parsed.success && !parsed.data.ok) throw new ControlFailed(parsed.data.failure.message);
  const output = parsed.success && parsed.data.ok ? shape.safeParse(parsed.data.output) : undefined;
  if (output?.success !== true) throw new ControlFailed(`What answers at ${control} is not a Homeport of this version.`);
  return output.data;
}

async function post(url: URL, token: string, body: unknown, { answerMs, elsewhere }: ControlAddress): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "error",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMs),
    });
    text = await response.text();
  } catch {
    throw new ControlFailed(
      `No Homeport answers at ${url.origin}. Start one with "serve", or say with --control where it is; ${elsewhere}`,
      "silence",
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
