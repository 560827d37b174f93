// Every node in one table, with the same menu as on the Nodes page.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useSnapshot } from "../../client/home.ts";
import { AddServer } from "../../finding/AddServer.tsx";
import { words } from "../../language/words.ts";
import { byNodeName } from "../../models.ts";
import { nodeState } from "../../node-state.ts";
import { NodeMenu } from "../NodeMenu.tsx";
import { StateMark } from "../StateMark.tsx";
import { Section } from "./Section.tsx";

const { nodes: says } = words.settings;

export function NodesSection() {
  const { fleet, now } = useSnapshot();
  const [adding, setAdding] = useState(false);
  const nodes = Object.values(fleet.nodes).sort(byNodeName);
  return (
    <Section title={says.title} about={says.about}>
      {nodes.length > 0 && (
        <table className="node-table">
          <thead>
            <tr>
              <th scope="col">{says.name}</th>
              <th scope="col">{says.kind}</th>
              <th scope="col">{says.address}</th>
              <th scope="col">{says.state}</th>
              <th scope="col">
                <span className="sr-only">{says.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <tr key={node.id}>
                <th scope="row">
                  {node.name} {node.demo && <span className="badge badge-demo">{says.simulated}</span>}
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
          <Plus size={15} aria-hidden="true" /> {says.addButton}
        </button>
      </div>
      {adding && <AddServer first="address" onClose={() => setAdding(false)} />}
    </Section>
  );
}
