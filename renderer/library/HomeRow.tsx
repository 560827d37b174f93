// One home of a model: how it is there, why it stays in memory or when it goes, and what can be done with it on this node.
import { memo, useState } from "react";
import type { ModelEntry, Node, Residency } from "../../src-core/contract/fleet.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { bytes } from "../format.ts";
import { isService } from "../models.ts";
import { Confirm } from "../parts/Dialog.tsx";
import { KeepButton } from "./KeepButton.tsx";
import type { Home } from "./lines.ts";
import type { OnLoad } from "./ModelLines.tsx";
import { staySays } from "./stays.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const states: Readonly<Record<Residency["state"], string>> = {
  cold: "on disk",
  loading: "loading",
  warm: "in memory",
  sleeping: "sleeping",
  unloading: "unloading",
};

interface HomeRowProps {
  readonly home: Home;
  /** The model's canonical name. */
  readonly lineKey: string;
  readonly usual: string | undefined;
  readonly acts: ModelFileActs;
  readonly onLoad: OnLoad;
}

export function HomeRow({ home: { node, entry }, lineKey, usual, acts, onLoad }: HomeRowProps) {
  const [asking, setAsking] = useState(false);
  const differs = usual !== undefined && entry.digest !== undefined && entry.digest !== usual;
  const isUp = node.enabled && node.health.state !== "down";
  return (
    <li>
      <span className="library-node">{node.name}</span>
      <span>
        {isService(node) ? "always ready" : states[entry.residency.state]}
        {!isService(node) && <Stay node={node} lineKey={lineKey} entry={entry} />}
      </span>
      <span className="hint">
        {[entry.id, entry.bytes === undefined ? "" : bytes(entry.bytes), differs ? "another version than most" : ""]
          .filter((part) => part !== "")
          .join(", ")}
      </span>
      <span className="library-acts">
        <KeepButton node={node} lineKey={lineKey} entry={entry} />
        <LoadButton node={node} entry={entry} isUp={isUp} onLoad={onLoad} />
        {node.can.pull === true && differs && (
          <button type="button" className="button small" disabled={!isUp} onClick={() => acts.pull([node.id], entry.id)}>
            Fetch the newest
          </button>
        )}
        {node.can.remove === true && entry.residency.state === "cold" && (
          <button
            type="button"
            className="button small"
            aria-label={`Delete ${entry.id} from ${node.name}`}
            disabled={!isUp}
            onClick={() => setAsking(true)}
          >
            Delete…
          </button>
        )}
      </span>
      {asking && (
        <Confirm
          title={`Delete ${entry.id} from ${node.name}?`}
          confirm="Delete"
          danger
          onConfirm={() => acts.remove(node.id, entry.id)}
          onClose={() => setAsking(false)}
        >
          <p>
            {entry.bytes === undefined ? "Its file" : `${bytes(entry.bytes)} on the disk of ${node.name}`} will be gone. To have it again it
            must be fetched again.
          </p>
        </Confirm>
      )}
    </li>
  );
}

interface LoadButtonProps {
  readonly node: Node;
  readonly entry: ModelEntry;
  readonly isUp: boolean;
  readonly onLoad: OnLoad;
}

function LoadButton({ node, entry, isUp, onLoad }: LoadButtonProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const isCold = entry.residency.state === "cold" || entry.residency.state === "sleeping";
  if (isService(node) || (isCold ? !node.can.load : !node.can.unload)) return null;
  const unload = () => void run(() => client.unload({ node: node.id, model: entry.id }), { failed: `${entry.id} was not unloaded` });
  return (
    <button
      type="button"
      className="button small"
      aria-label={`${isCold ? "Load" : "Unload"} ${entry.id} ${isCold ? "on" : "from"} ${node.name}`}
      disabled={busy || !isUp || entry.residency.state === "loading" || entry.residency.state === "unloading"}
      onClick={isCold ? () => onLoad(entry.id, node.id) : unload}
    >
      {isCold ? "Load…" : "Unload"}
    </button>
  );
}

/** Ticks, and follows the requests that come and go; the row does not. */
const Stay = memo(function Stay({
  node: { id },
  lineKey,
  entry,
}: {
  readonly node: Node;
  readonly lineKey: string;
  readonly entry: ModelEntry;
}) {
  const now = useNow();
  const node = useSnapshot().fleet.nodes[id];
  const says = node === undefined ? undefined : staySays(node, lineKey, node.models[lineKey] ?? entry, now);
  return says === undefined ? null : <span className="under">{says}</span>;
});
