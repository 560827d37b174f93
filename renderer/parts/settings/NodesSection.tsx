// Every node in one table, with the same menu as on the Nodes page.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useSnapshot } from "../../client/home.ts";
import { AddServer } from "../../finding/AddServer.tsx";
import { words } from "../../language/words.ts";
import { nodeState } from "../../node-state.ts";
import { NodeMenu } from "../NodeMenu.tsx";
import { StateMark } from "../StateMark.tsx";
import { Section } from "./Section.tsx";

export function NodesSection() {
  const { fleet, now } = useSnapshot();
  const [adding, setAdding] = useState(false);
  const nodes = Object.values(fleet.nodes).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Section title="Nodes" about="The servers that run your models. A disabled node keeps its settings and gets no requests.">
      {nodes.length > 0 && (
        <table className="node-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">Address</th>
              <th scope="col">State</th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <tr key={node.id}>
                <th scope="row">
                  {node.name} {node.demo && <span className="badge badge-demo">simulated</span>}
                </th>
                <td>{words.vocabulary.kinds[node.kind]}</td>
                <td>
                  <code>{node.url}</code> <span className="hint">{words.vocabulary.places[node.place]}</span>
                </td>
                <td>
                  <StateMark tone={nodeState(node, now).tone} word={nodeState(node, now).word} />
                </td>
                <td className="cell-act">
                  <NodeMenu node={node} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div>
        <button type="button" className="button" onClick={() => setAdding(true)}>
          <Plus size={15} aria-hidden="true" /> Add node
        </button>
      </div>
      {adding && <AddServer first="address" onClose={() => setAdding(false)} />}
    </Section>
  );
}
