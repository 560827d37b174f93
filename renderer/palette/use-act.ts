// Does what a command of the palette says, by the same calls as the buttons of the pages. What goes wrong is told in a toast.
import { useAction, useHome } from "../client/home.ts";
import { showNode } from "../client/show-node.ts";
import { words } from "../language/words.ts";
import type { PaletteAct } from "./commands.ts";

const { pausing, copying } = words.frame;
const { done } = words.palette;

type Load = Extract<PaletteAct, { do: "load" }>;
/** Acts without a layer of their own. */
export type PlainAct = Exclude<PaletteAct, { do: "keys" | "story" }>;

export function usePaletteAct(): (act: PlainAct) => void {
  const { client, toasts } = useHome();
  const { run } = useAction();
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      toasts.push({ tone: "ok", title: done.copied(text) });
    } catch {
      toasts.push({ tone: "error", title: copying.failed(what), body: done.copyByHand(text) });
    }
  };
  const load = async ({ node, nodeName, model }: Load, force: boolean) => {
    const reply = await client.load({ node, model, ...(force ? { force } : {}) });
    if (reply.ok || reply.failure.kind === "cancelled") return;
    const { kind, message } = reply.failure;
    const anyway = !force && (kind === "does-not-fit" || kind === "out-of-memory");
    const action = { label: done.loadAnyway, run: () => void load({ do: "load", node, nodeName, model }, true) };
    toasts.push({ tone: "error", title: done.loadFailed(model, nodeName), body: message, ...(anyway ? { action } : {}) });
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
        void run(() => client.pauseRouting({ minutes: act.minutes }), { failed: pausing.failed, done: done.paused });
        break;
      case "resume":
        void run(() => client.resumeRouting({}), { failed: pausing.resumeFailed, done: pausing.resumed });
        break;
      case "load":
        toasts.push({ tone: "ok", title: done.loading(act.model, act.nodeName) });
        void load(act, false);
        break;
      case "unload":
        void run(() => client.unload({ node: act.node, model: act.model }), {
          failed: done.unloadFailed(act.model),
          done: done.unloading(act.model, act.nodeName),
        });
        break;
      case "wake":
        void run(() => client.wakeNode({ node: act.node }), { failed: done.wakeFailed(act.nodeName), done: done.awake(act.nodeName) });
        break;
      case "drain":
        void run(() => client.drainNode({ node: act.node, drained: act.drained }), {
          failed: done.drainFailed(act.nodeName),
          done: (act.drained ? done.drained : done.undrained)(act.nodeName),
        });
        break;
      case "try":
        void run(() => client.tryNow({ node: act.node }), { failed: done.tryFailed(act.nodeName) });
        break;
    }
  };
}
