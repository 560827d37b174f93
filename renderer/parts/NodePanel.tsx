// One node: identity, health and memory on the left; loaded and loading models on the right.
import { Download } from "lucide-react";
import { memo, useState } from "react";
import type { Load, Node } from "../../src-core/contract/fleet.ts";
import { useNow } from "../client/ticker.ts";
import { latency } from "../format.ts";
import { words } from "../language/words.ts";
import { isService, sortModels } from "../models.ts";
import { nodeState } from "../node-state.ts";
import { BreakerLine } from "./BreakerLine.tsx";
import { CloudBadge } from "./CloudBadge.tsx";
import { LoadPicker } from "./LoadPicker.tsx";
import { LoadRow } from "./LoadRow.tsx";
import { MemoryBar } from "./MemoryBar.tsx";
import { ModelRow } from "./ModelRow.tsx";
import { NodeMenu } from "./NodeMenu.tsx";
import { NodeLatency } from "./node/NodeLatency.tsx";
import { StoryButton } from "./node/StoryButton.tsx";
import { QueueLines } from "./QueueLines.tsx";
import { ServiceModels } from "./ServiceModels.tsx";
import { SetAsideRow } from "./SetAsideRow.tsx";
import { StateMark } from "./StateMark.tsx";
import { WellbeingLines } from "./WellbeingLines.tsx";

const { nodes: say, vocabulary } = words;
const { list, picker } = words.nodeModels;

/** Data older than this shows its age (ux.md 5). */
const freshMs = 10_000;

interface NodePanelProps {
  readonly node: Node;
  /** Loads under way on it. */
  readonly loads: readonly Load[];
  readonly highlight: string;
}

/** Drawn anew only when its own node changed: a house may have 150 of them. */
export const NodePanel = memo(function NodePanel({ node, loads, highlight }: NodePanelProps) {
  return (
    <section className={node.enabled ? "panel" : "panel panel-off"} aria-label={node.name} data-node={node.id}>
      <div className="panel-side">
        <NodeHead node={node} />
        <NodeFacts node={node} />
        <BreakerLine node={node} />
        <WellbeingLines node={node} />
        {!isService(node) && <MemoryBar node={node} loads={loads} />}
      </div>
      {isService(node) ? (
        <ServicePanel node={node} highlight={highlight} />
      ) : (
        <NodeModels node={node} loads={loads} highlight={highlight} />
      )}
    </section>
  );
});

function ServicePanel({ node, highlight }: { readonly node: Node; readonly highlight: string }) {
  const entries = Object.values(node.models);
  return (
    <div className="panel-models">
      <QueueLines models={Object.entries(node.models).map(([key, entry]) => ({ key, entry }))} />
      <ServiceModels entries={entries} wanted={highlight} />
      <div className="panel-foot">
        <p className="hint">{entries.length === 0 ? list.unknown : list.alwaysReady(entries.length)}</p>
      </div>
    </div>
  );
}

function NodeHead({ node }: { readonly node: Node }) {
  return (
    <header className="panel-head">
      <h2>{node.name}</h2>
      {node.place === "cloud" && <CloudBadge />}
      {node.demo && <span className="badge badge-demo">{say.simulated}</span>}
      <StoryButton node={node} />
      <NodeMenu node={node} />
    </header>
  );
}

/** Ticks each second; apart from the model list, which need not. */
const NodeFacts = memo(function NodeFacts({ node }: { readonly node: Node }) {
  const now = useNow();
  const state = nodeState(node, now);
  // A service is asked seldom, and its list seldom changes.
  const fresh = Math.max(freshMs, (node.can.listEverySeconds ?? 0) * 1500);
  const stale = node.enabled && node.seenAt !== undefined && now - node.seenAt > fresh;
  const kind = [vocabulary.kinds[node.kind], node.version, node.variant === undefined ? undefined : `(${node.variant})`];
  return (
    <>
      <div className="panel-state">
        <StateMark tone={state.tone} word={state.word} />
        {node.health.state === "up" && node.latencyMs !== undefined && (
          <span className="figure" title={say.latencyTitle}>
            {latency(node.latencyMs)}
          </span>
        )}
        <NodeLatency node={node} />
        {stale && (
          <span className="stale" title={say.lastSeenTitle}>
            {say.lastSeen(node.seenAt, now)}
          </span>
        )}
      </div>
      {state.says !== undefined && node.breaker.state === "closed" && <p className="panel-says">{state.says}</p>}
      <p className="panel-kind">
        {kind.filter((part) => part !== undefined).join(" ")}
        <span className="hint">{vocabulary.places[node.place]}</span>
      </p>
      <p className="panel-url">
        <code>{node.url}</code>
      </p>
    </>
  );
});

interface NodeModelsProps {
  readonly node: Node;
  readonly loads: readonly Load[];
  readonly highlight: string;
}

function NodeModels({ node, loads, highlight }: NodeModelsProps) {
  const [picking, setPicking] = useState(false);
  const { resident, cold, setAside } = sortModels(node, loads);
  const total = Object.keys(node.models).length;
  const reachable = node.enabled && node.health.state !== "down" && node.health.state !== "asleep";
  const rows = resident.length + loads.length + setAside.length;
  return (
    <div className="panel-models">
      {rows > 0 && (
        <ul aria-label={list.label(node.name)}>
          {loads.map((load) => (
            <LoadRow key={load.id} load={load} nodeName={node.name} />
          ))}
          {resident.map((model) => (
            <ModelRow key={model.key} node={node} model={model} />
          ))}
          {setAside.map((model) => (
            <SetAsideRow key={`aside-${model.key}`} node={node} model={model} />
          ))}
        </ul>
      )}
      {reachable && <QueueLines models={cold} />}
      {highlight !== "" && <ColdMatches names={cold.map((model) => model.entry.id)} wanted={highlight} />}
      <div className="panel-foot">
        <p className="hint">{catalogueSays(total, rows, node)}</p>
        {node.can.load && cold.length > 0 && (
          <button type="button" className="button" disabled={!reachable} onClick={() => setPicking(true)}>
            <Download size={15} aria-hidden="true" /> {picker.openButton}
          </button>
        )}
      </div>
      {picking && <LoadPicker node={node} cold={cold} initial={highlight} onClose={() => setPicking(false)} />}
    </div>
  );
}

function catalogueSays(total: number, rows: number, node: Node): string {
  if (total === 0) return node.seenAt === undefined ? list.unknown : list.none;
  if (rows === 0) return list.noneInMemory(total);
  return node.can.load ? list.inAll(total) : list.inAllByItself(total);
}

/** Cold models that the search found, named so that the panel's presence in the result explains itself. */
function ColdMatches({ names, wanted }: { readonly names: readonly string[]; readonly wanted: string }) {
  const found = names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, 5);
  if (found.length === 0) return null;
  return <p className="cold-matches">{list.coldMatches(found)}</p>;
}
