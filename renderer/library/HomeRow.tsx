// One home of a model: how it is there, why it stays in memory or when it goes, and what can be done with it on this node.
import { memo, useState } from "react";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { isService } from "../models.ts";
import { Confirm } from "../parts/Dialog.tsx";
import { KeepButton } from "./KeepButton.tsx";
import type { Home } from "./lines.ts";
import type { OnLoad } from "./ModelLines.tsx";
import { staySays } from "./stays.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { home: says } = words.models;

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
        {isService(node) ? says.service : says.states[entry.residency.state]}
        {!isService(node) && <Stay node={node} lineKey={lineKey} entry={entry} />}
      </span>
      <span className="hint">
        {words.common.list([entry.id, entry.bytes === undefined ? "" : bytes(entry.bytes), differs ? says.otherVersion : ""])}
      </span>
      <span className="library-acts">
        <KeepButton node={node} lineKey={lineKey} entry={entry} />
        <LoadButton node={node} entry={entry} isUp={isUp} onLoad={onLoad} />
        {node.can.pull === true && differs && (
          <button type="button" className="button small" disabled={!isUp} onClick={() => acts.pull([node.id], entry.id)}>
            {says.fetchNewest}
          </button>
        )}
        {node.can.remove === true && entry.residency.state === "cold" && (
          <button
            type="button"
            className="button small"
            aria-label={says.delete(entry.id, node.name)}
            disabled={!isUp}
            onClick={() => setAsking(true)}
          >
            {says.deleteMenu}
          </button>
        )}
      </span>
      {asking && (
        <Confirm
          title={says.deleteTitle(entry.id, node.name)}
          confirm={says.deleteButton}
          danger
          onConfirm={() => acts.remove(node.id, entry.id)}
          onClose={() => setAsking(false)}
        >
          <p>{entry.bytes === undefined ? says.deleteFile : says.deleteBytes(entry.bytes, node.name)}</p>
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
  const unload = () => void run(() => client.unload({ node: node.id, model: entry.id }), { failed: says.notUnloaded(entry.id) });
  return (
    <button
      type="button"
      className="button small"
      aria-label={isCold ? says.load(entry.id, node.name) : says.unload(entry.id, node.name)}
      disabled={busy || !isUp || entry.residency.state === "loading" || entry.residency.state === "unloading"}
      onClick={isCold ? () => onLoad(entry.id, node.id) : unload}
    >
      {isCold ? says.loadButton : says.unloadButton}
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
  const stays = node === undefined ? undefined : staySays(node, lineKey, node.models[lineKey] ?? entry, now);
  return stays === undefined ? null : <span className="under">{stays}</span>;
});
