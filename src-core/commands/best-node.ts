// Where `load` goes when nobody names a node: to the one that the window calls the best, by the same answer of the engine. Where none can, why not is
// told node by node.
import { type LoadChoice, LoadChoices } from "../contract/model-options.ts";
import { type ControlAddress, ControlFailed, callControl } from "./control-call.ts";

/** The best choice that can be had. Where the model is in memory or on its way somewhere, that is the best: a second copy is loaded only on request. */
export async function bestNode(address: ControlAddress, model: string): Promise<LoadChoice> {
  const { choices } = await callControl(address, "loadChoices", { model }, LoadChoices);
  const best = choices.find(({ verdict }) => verdict !== "cannot");
  if (best !== undefined) return best;
  if (choices.length === 0)
    throw new ControlFailed(`No node lists ${model}, and none would fetch it. "explain --model" tells which names are near.`);
  const reasons = choices.map(({ node, says = "It cannot." }) => `\n  ${node}: ${says}`);
  throw new ControlFailed(`No node can load ${model} now:${reasons.join("")}`);
}

const because: Readonly<Record<LoadChoice["verdict"], string>> = {
  "in-memory": "it is in memory there",
  loading: "it is being loaded there already",
  fits: "it has room",
  tight: "it has room, if little",
  "fits-after": "it has room after unloading",
  unknown: "no node is known to have room, and its own is not known",
  "too-big": "no node seems large enough, and it comes closest",
  cannot: "",
};

/** Which node was chosen, and why, as a sentence. */
export function choiceSays(model: string, { node, verdict, leaving, wakes }: LoadChoice): string {
  const gone = leaving.length === 0 ? "" : ` ${leaving.map((one) => one.model).join(", ")}`;
  return `${model} goes to ${node}: ${because[verdict]}${gone}${wakes === true ? ", and its machine is woken first" : ""}.`;
}
