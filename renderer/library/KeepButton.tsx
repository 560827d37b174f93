// Keeps a model in a node's memory, or lets it go again: one switch, wherever a loaded model is shown (UX-05).
import { Lock, LockOpen } from "lucide-react";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { words } from "../language/words.ts";

const { home } = words.models;

interface KeepButtonProps {
  readonly node: Node;
  /** The model's canonical name. */
  readonly lineKey: string;
  readonly entry: ModelEntry;
}

/** Nothing where the node loads and unloads by itself, or the model is neither kept nor in memory. */
export function KeepButton({ node, lineKey, entry }: KeepButtonProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const isKept = node.keeps?.includes(lineKey) === true;
  if (!isKept && (!node.can.load || entry.residency.state !== "warm")) return null;
  const Icon = isKept ? Lock : LockOpen;
  const keep = () =>
    void run(() => client.keepLoaded({ node: node.id, model: entry.id, keep: !isKept }), {
      failed: isKept ? home.stillKept(entry.id) : home.notKept(entry.id),
    });
  return (
    <button
      type="button"
      className={isKept ? "icon-button keep keep-on" : "icon-button keep"}
      aria-label={home.keep(entry.id, node.name)}
      aria-pressed={isKept}
      title={isKept ? home.keptHint : home.keepHint}
      disabled={busy}
      onClick={keep}
    >
      <Icon size={14} aria-hidden="true" />
    </button>
  );
}
