// What every form of the Routing page takes: its part of the draft, what is wrong in it, and what there is to pick from. A form keeps no truth of
// its own; each change goes to the draft, which checks it, remembers it and can take it back.
import type { Place } from "../../src-core/contract/node-kinds.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";

/** Names a person may choose from. Models may also be written freely: one that nobody has yet is no mistake. */
export interface RoutingChoices {
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly place: Place }[];
  readonly models: readonly string[];
  readonly profiles: readonly string[];
  readonly aliases: readonly string[];
  readonly agents: readonly string[];
  readonly clients: readonly string[];
  /** Presets first, then those of the draft. */
  readonly policies: readonly string[];
}

/** Changes the draft as it is by then. Always the same function, so that nothing is drawn anew for its sake. */
export type EditDraft = (step: (document: RoutingDocument) => RoutingDocument) => void;

/** `problems`: what is wrong, by the path inside `value` with dots between ("0.when.contentRegex"); "" is the value itself. */
export interface FormProps<T> {
  readonly value: T;
  readonly onChange: (next: T) => void;
  readonly problems: ReadonlyMap<string, string>;
  readonly choices: RoutingChoices;
}
