// Does what a command of the palette says, by the same calls as the buttons of the pages. What goes wrong is told in a toast.
import { useAction, useHome } from "../client/home.ts";
import { showNode } from "../client/show-node.ts";
import type { PaletteAct } from "./commands.ts";

type Load = Extract<PaletteAct, { do: "load" }>;
/** Acts without a layer of their own. */
export type PlainAct = Exclude<PaletteAct, { do: "keys" }>;

export function usePaletteAct(): (act: PlainAct) => void {
  const { client, toasts } = useHome();
  const { run } = useAction();
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      toasts.push({ tone: "ok", title: `Copied: ${text}` });
    } catch {
      toasts.push({ tone: "error", title: `The ${what} was not copied`, body: `It is not allowed here. Select it by hand: ${text}` });
    }
  };
  const load = async ({ node, nodeName, model }: Load, force: boolean) => {
    const reply = await client.load({ node, model, ...(force ? { force } : {}) });
    if (reply.ok || reply.failure.kind === "cancelled") return;
    const { kind, message } = reply.failure;
    const anyway = !force && (kind === "does-not-fit" || kind === "out-of-memory");
    const action = { label: "Load anyway", run: () => void load({ do: "load", node, nodeName, model }, true) };
    toasts.push({ tone: "error", title: `${model} was not loaded on ${nodeName}`, body: message, ...(anyway ? { action } : {}) });
  };
  return (act) => {
    switch (act.do) {
      case "page":
        location.hash = act.hash;
        break;
      case "node":
        showNode(act.node);
        break;
      case "copy":
        void copy(act.text, act.what);
        break;
      case "pause":
        void run(() => client.pauseRouting({ minutes: act.minutes }), { failed: "Routing was not paused", done: "Routing paused" });
        break;
      case "resume":
        void run(() => client.resumeRouting({}), { failed: "Routing is still paused", done: "Routing resumed" });
        break;
      case "load":
        toasts.push({ tone: "ok", title: `Loading ${act.model} on ${act.nodeName}` });
        void load(act, false);
        break;
      case "unload":
        void run(() => client.unload({ node: act.node, model: act.model }), {
          failed: `${act.model} was not unloaded`,
          done: `Unloading ${act.model} from ${act.nodeName}`,
        });
        break;
      case "wake":
        void run(() => client.wakeNode({ node: act.node }), { failed: `${act.nodeName} did not wake`, done: `${act.nodeName} is awake` });
        break;
      case "drain":
        void run(() => client.drainNode({ node: act.node, drained: act.drained }), {
          failed: `${act.nodeName} was not changed`,
          done: act.drained ? `${act.nodeName} takes no new requests` : `${act.nodeName} takes requests again`,
        });
        break;
      case "try":
        void run(() => client.tryNow({ node: act.node }), { failed: `${act.nodeName} was not tried` });
        break;
    }
  };
}
