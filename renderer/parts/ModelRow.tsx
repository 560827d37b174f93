// A model in a node's memory: size, context, how long it stays, who uses it, and one click to free it.
import { memo, useState } from "react";
import type { Node, Residency } from "../../src-core/contract/fleet.ts";
import { useAction, useHome, useQueues } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { bytes, context, count, wholeDuration } from "../format.ts";
import { KeepButton } from "../library/KeepButton.tsx";
import { staySays } from "../library/stays.ts";
import { type ModelOnNode, modelFacts } from "../models.ts";
import { queueOf } from "../queues.ts";
import { Confirm } from "./Dialog.tsx";
import { QueueLine } from "./QueueLine.tsx";
import { StateMark } from "./StateMark.tsx";

interface ModelRowProps {
  readonly node: Node;
  readonly model: ModelOnNode;
}

export function ModelRow({ node, model }: ModelRowProps) {
  const { client } = useHome();
  const queue = queueOf({ queues: useQueues() }, model.key);
  const { busy, run } = useAction();
  const [asking, setAsking] = useState(false);
  const { entry, inFlight } = model;
  const unload = () =>
    void run(() => client.unload({ node: node.id, model: entry.id }), {
      failed: `${entry.id} was not unloaded`,
      done: `Unloading ${entry.id} from ${node.name}`,
    });
  const leaving = entry.residency.state === "unloading";
  const away = node.health.state === "down" || node.health.state === "asleep" || !node.enabled;
  return (
    <li className={away ? "model model-away" : "model"} data-model={entry.id}>
      <div className="model-name">
        <strong>{entry.id}</strong>
        <span className="hint">{modelFacts(entry)}</span>
      </div>
      <ModelFigures model={model} />
      <div className="model-now">
        {away ? <p className="model-stay hint">as last seen</p> : <ModelStay node={node} model={model} />}
        {!away && <QueueLine queue={queue} />}
      </div>
      <div className="model-acts">
        <KeepButton node={node} lineKey={model.key} entry={entry} />
        {node.can.unload && (
          <button
            type="button"
            className="button small"
            aria-label={`Unload ${entry.id} from ${node.name}`}
            disabled={busy || leaving || away}
            onClick={() => (inFlight > 0 ? setAsking(true) : unload())}
          >
            Unload
          </button>
        )}
      </div>
      {asking && (
        <Confirm title={`Unload ${entry.id}?`} confirm="Unload" danger onConfirm={unload} onClose={() => setAsking(false)}>
          <p>
            {count(inFlight, "request")} {inFlight === 1 ? "is" : "are"} using it on {node.name} right now and may be cut short.
          </p>
        </Confirm>
      )}
    </li>
  );
}

function ModelFigures({ model }: { readonly model: ModelOnNode }) {
  const { entry } = model;
  const held = entry.residency.state === "warm" ? entry.residency : undefined;
  const size = held?.vramBytes ?? held?.bytes ?? entry.bytes;
  const partly = held?.bytes !== undefined && held.vramBytes !== undefined && held.vramBytes < held.bytes;
  const title =
    size === undefined
      ? "The node does not say how much memory it takes"
      : held?.vramBytes !== undefined
        ? `${bytes(held.vramBytes)} of device memory${held.bytes === undefined ? "" : `, ${bytes(held.bytes)} in all`}, reported by the node`
        : held?.bytes !== undefined
          ? "In memory, reported by the node"
          : "Size of the file; the node does not say how much memory it takes";
  return (
    <div className="model-figures">
      <span className="figure" title={title}>
        {size === undefined ? "size unknown" : bytes(size)}
        {held?.vramBytes === undefined && held?.bytes === undefined && size !== undefined ? " on disk" : ""}
        {partly ? ` of ${bytes(held.bytes)}` : ""}
      </span>
      {entry.contextTokens !== undefined && (
        <span className="figure" title={`Context of ${entry.contextTokens.toLocaleString("en")} tokens`}>
          {context(entry.contextTokens)} ctx
        </span>
      )}
    </div>
  );
}

/** Ticks; the rest of the row does not. */
const ModelStay = memo(function ModelStay({ node, model }: ModelRowProps) {
  const now = useNow();
  const { residency } = model.entry;
  if (residency.state === "unloading") return <StateMark tone="busy" word="Unloading" />;
  if (residency.state === "loading") return <StateMark tone="busy" word={`Loading for ${wholeDuration(now - residency.since)}`} />;
  if (model.inFlight > 0) {
    return (
      <div className="model-stay">
        <StateMark tone="busy" word={`${count(model.inFlight, "request")} now`} />
      </div>
    );
  }
  return (
    <div className="model-stay">
      {model.entry.stuckSince === undefined ? (
        <span>{idleSays(model, residency, now)}</span>
      ) : (
        <StateMark tone="warn" word={`Does not unload, for ${wholeDuration(now - model.entry.stuckSince)}`} />
      )}
      {residency.state === "warm" && <span className="hint">{staySays(node, model.key, model.entry, now)}</span>}
    </div>
  );
});

function idleSays(model: ModelOnNode, residency: Residency, now: number): string {
  if (residency.state === "sleeping") return "sleeping, wakes on use";
  if (model.lastUsedAt !== undefined) return `idle ${wholeDuration(now - model.lastUsedAt)}`;
  return residency.state === "warm" ? `in memory for ${wholeDuration(now - residency.since)}` : "";
}
