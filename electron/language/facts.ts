// What sentences with figures are told, whatever the language. Figures come as they are: how they are written is the language's matter.

/** What of the fleet works: enabled nodes that do, all of them, models in memory. */
export interface Figures {
  readonly well: number;
  readonly nodes: number;
  readonly warm: number;
}

/** Whether a loaded model is needed; undefined: nothing is known. */
export type ModelUse = "in-use" | "sleeping" | { readonly idleMs: number } | undefined;

export interface LoadedModel {
  readonly model: string;
  readonly node: string;
  readonly bytes: number | undefined;
  readonly use: ModelUse;
}

/** How far a load is: without a percentage it has only begun. `from`: what that is known by, where the node does not tell it itself. */
export interface Loading {
  readonly model: string;
  readonly node: string;
  readonly percent: number | undefined;
  readonly from: "measured" | "estimate" | undefined;
}
