// Every node as one panel: what it is and how it is on the left, what it holds in memory on the right.
import { Plus } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { Load, Node } from "../../src-core/contract/fleet.ts";
import { useSnapshot } from "../client/home.ts";
import { type AddBy, AddServer } from "../finding/AddServer.tsx";
import { words } from "../language/words.ts";
import { byNodeName, isService, loadsByNode } from "../models.ts";
import { NodePanel } from "../parts/NodePanel.tsx";
import { NoNodes } from "../parts/NoNodes.tsx";
import { SearchBox } from "../parts/SearchBox.tsx";
import { waitingInAll } from "../queues.ts";

const none: readonly Load[] = [];
const { nodes: say } = words;

export function Nodes() {
  const snapshot = useSnapshot();
  const { fleet } = snapshot;
  const [adding, setAdding] = useState<AddBy>();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const loads = useMemo(() => loadsByNode(fleet.loads), [fleet.loads]);
  const nodes = Object.values(fleet.nodes).sort(byNodeName);
  const shown = nodes.filter((node) => matches(node, wanted));
  return (
    <>
      <div className="page-head">
        <h1>{say.title}</h1>
        {nodes.length > 0 && <p className="summary">{summary(snapshot)}</p>}
        {nodes.length > 0 && (
          <div className="page-tools">
            <SearchBox label={say.searchLabel} value={search} onChange={setSearch} />
            <button type="button" className="button" onClick={() => setAdding("address")}>
              <Plus size={15} aria-hidden="true" /> {say.addButton}
            </button>
          </div>
        )}
      </div>
      {nodes.length === 0 && <NoNodes onAdd={() => setAdding("address")} onFind={() => setAdding("search")} />}
      {nodes.length > 0 && shown.length === 0 && (
        <section className="empty">
          <h2>{say.noMatchTitle(search)}</h2>
          <button type="button" className="button" onClick={() => setSearch("")}>
            {say.clearSearch}
          </button>
        </section>
      )}
      <div className="panels">
        {shown.map((node) => (
          <NodePanel key={node.id} node={node} loads={loads.get(node.id) ?? none} highlight={wanted} />
        ))}
      </div>
      {adding !== undefined && <AddServer first={adding} onClose={() => setAdding(undefined)} />}
    </>
  );
}

function matches(node: Node, wanted: string): boolean {
  if (wanted === "") return true;
  return [node.name, node.id, node.url, ...Object.keys(node.models)].some((text) => text.toLowerCase().includes(wanted));
}

/** The status line. */
function summary({ fleet, queues }: Snapshot): string {
  const nodes = Object.values(fleet.nodes);
  const up = nodes.filter((node) => node.enabled && node.health.state === "up" && node.breaker.state === "closed").length;
  const loaded = nodes
    .filter((node) => !isService(node))
    .flatMap((node) => Object.values(node.models))
    .filter((model) => model.residency.state === "warm").length;
  const loading = Object.keys(fleet.loads).length;
  return say.summary({ up, nodes: nodes.length, loaded, loading, waiting: waitingInAll({ queues }) });
}
