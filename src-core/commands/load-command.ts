// `load --model M [--node N]` and `unload`: the same call that window, tray and clients make, with the model's saved options (UX-03), asked of a running
// Homeport over its control port. Without a node it goes where the window's "best" would. Exit codes: 1 where no Homeport answers or the load failed, 2 for bad usage.
import { z } from "zod";
import { bestNode, choiceSays } from "./best-node.ts";
import { type ControlAddress, ControlFailed, callControl } from "./control-call.ts";
import { BadUsage } from "./options.ts";

export const loadOptions = {
  model: { type: "string" },
  node: { type: "string" },
  /** Past our own estimate of room, never past the node's. */
  anyway: { type: "boolean" },
  config: { type: "string" },
  control: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
} as const;

export interface LoadCommandWish extends Pick<ControlAddress, "control" | "token"> {
  readonly what: "load" | "unload";
  readonly model?: string | undefined;
  readonly node?: string | undefined;
  readonly anyway?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Node's own fetch waits no longer for an answer to begin. */
const answerMs = 290_000;
const elsewhere = "the desktop app loads models on its pages Nodes and Models, and from its tray.";
const Loaded = z.object({ ms: z.number() });
const Nothing = z.object({});

/** Resolves when the node itself lists the model as loaded, or no longer. Prints a sentence, or with `json` the answer. */
export async function runLoad(wish: LoadCommandWish, print: (line: string) => void): Promise<void> {
  const { what, model, node, anyway } = wish;
  if (model === undefined || model === "") throw new BadUsage(`--model is missing: which model is to be ${what}ed?`);
  if (node === "" || (what === "unload" && node === undefined)) throw new BadUsage("--node is missing: on which node?");
  if (what === "unload" && anyway === true) throw new BadUsage("--anyway belongs to load.");
  const address = { control: wish.control, token: wish.token, answerMs, elsewhere };
  const says = (sentence: string, answer: object) => print(wish.json === true ? JSON.stringify(answer) : sentence);
  if (what === "unload") {
    const answer = await callControl(address, "unload", { model, node }, Nothing);
    return says(`${model} is no longer in the memory of ${node}.`, answer);
  }
  const home = node ?? (await chosen(address, model, wish, print));
  const answer = await load(address, model, home, anyway === true);
  says(`${model} is loaded on ${home}, after ${(answer.ms / 1000).toFixed(1)} s.`, { node: home, ...answer });
}

async function chosen(address: ControlAddress, model: string, { json }: LoadCommandWish, print: (line: string) => void): Promise<string> {
  const best = await bestNode(address, model);
  if (json !== true) print(choiceSays(model, best));
  return best.node;
}

async function load(address: ControlAddress, model: string, node: string, anyway: boolean): Promise<z.infer<typeof Loaded>> {
  const began = performance.now();
  return callControl(address, "load", { model, node, ...(anyway ? { force: true } : {}) }, Loaded).catch((error: unknown) => {
    // The load belongs to the gateway and does not end with who asked for it.
    if (performance.now() - began < answerMs) throw error;
    throw new ControlFailed(
      `${model} was still being loaded on ${node} after ${Math.round(answerMs / 1000)} s. The load goes on; ask again to see it end.`,
    );
  });
}
