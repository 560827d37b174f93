// Some of the nodes, side by side. One that is chosen and not there any more stays to be seen, and can be let go.
import { NodeId } from "../../src-core/contract/ids.ts";
import { words } from "../language/words.ts";
import type { RoutingChoices } from "./form-props.ts";

interface NodesFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly nodes: RoutingChoices["nodes"];
  readonly value: readonly NodeId[];
  readonly error: string | undefined;
  readonly onChange: (nodes: readonly NodeId[]) => void;
}

export function NodesField({ label, hint, nodes, value, error, onChange }: NodesFieldProps) {
  const gone = value
    .filter((id) => nodes.every((node) => node.id !== id))
    .map((id) => ({ id, name: words.routingForms.field.notThere(id) }));
  const toggle = (id: NodeId) => onChange(value.includes(id) ? value.filter((one) => one !== id) : [...value, id]);
  return (
    <fieldset className="days nodes-field">
      <legend>{label}</legend>
      {[...nodes, ...gone].map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            aria-label={name}
            checked={value.some((one) => one === id)}
            onChange={() => {
              const node = NodeId.safeParse(id).data;
              if (node !== undefined) toggle(node);
            }}
          />
          <span aria-hidden="true">{name}</span>
        </label>
      ))}
      <p className="hint">{hint}</p>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
