// A model in a node's memory: size, context, how long it stays, who uses it, and one click to free it.
import { memo, useState } from "react";
import type { Node, Residency } from "../../src-core/contract/fleet.ts";
import { useAction, useHome, useQueues } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { words } from "../language/words.ts";
import { KeepButton } from "../library/KeepButton.tsx";
import { staySays } from "../library/stays.ts";
import { type ModelOnNode, modelFacts } from "../models.ts";
import { queueOf } from "../queues.ts";
import { Confirm } from "./Dialog.tsx";
import { QueueLine } from "./QueueLine.tsx";
import { StateMark } from "./StateMark.tsx";

const { row: say } = words.nodeModels;

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
      failed: say.notUnloaded(entry.id),
      done: say.unloadBegun(entry.id, node.name),
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
        {away ? <p className="model-stay hint">{say.asLastSeen}</p> : <ModelStay node={node} model={model} />}
        {!away && <QueueLine queue={queue} />}
      </div>
      <div className="model-acts">
        <KeepButton node={node} lineKey={model.key} entry={entry} />
        {node.can.unload && (
          <button
            type="button"
            className="button small"
            aria-label={say.unloadLabel(entry.id, node.name)}
            disabled={busy || leaving || away}
            onClick={() => (inFlight > 0 ? setAsking(true) : unload())}
          >
            {say.unloadButton}
          </button>
        )}
      </div>
      {asking && (
        <Confirm title={say.unloadTitle(entry.id)} confirm={say.unloadButton} danger onConfirm={unload} onClose={() => setAsking(false)}>
          <p>{say.unloadText(inFlight, node.name)}</p>
        </Confirm>
      )}
    </li>
  );
}

function ModelFigures({ model }: { readonly model: ModelOnNode }) {
  const { entry } = model;
  const held = entry.residency.state === "warm" ? entry.residency : undefined;
  const size = { vramBytes: held?.vramBytes, heldBytes: held?.bytes, fileBytes: entry.bytes };
  return (
    <div className="model-figures">
      <span className="figure" title={say.sizeTitle(size)}>
        {say.size(size)}
      </span>
      {entry.contextTokens !== undefined && (
        <span className="figure" title={say.contextTitle(entry.contextTokens)}>
          {say.context(entry.contextTokens)}
        </span>
      )}
    </div>
  );
}

/** Ticks; the rest of the row does not. */
const ModelStay = memo(function ModelStay({ node, model }: ModelRowProps) {
  const now = useNow();
  const { residency } = model.entry;
  if (residency.state === "unloading") return <StateMark tone="busy" word={say.unloading} />;
  if (residency.state === "loading") return <StateMark tone="busy" word={say.loadingFor(now - residency.since)} />;
  if (model.inFlight > 0) {
    return (
      <div className="model-stay">
        <StateMark tone="busy" word={say.inUse(model.inFlight)} />
      </div>
    );
  }
  return (
    <div className="model-stay">
      {model.entry.stuckSince === undefined ? (
        <span>{idleSays(model, residency, now)}</span>
      ) : (
        <StateMark tone="warn" word={say.stuckFor(now - model.entry.stuckSince)} />
      )}
      {residency.state === "warm" && <span className="hint">{staySays(node, model.key, model.entry, now)}</span>}
    </div>
  );
});

function idleSays(model: ModelOnNode, residency: Residency, now: number): string {
  if (residency.state === "sleeping") return say.sleeping;
  if (model.lastUsedAt !== undefined) return say.idleFor(now - model.lastUsedAt);
  return residency.state === "warm" ? say.inMemoryFor(now - residency.since) : "";
}
