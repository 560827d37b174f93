// The two channels between window and main process, ever: requests one way, pushes the other. Shared by preload and main.

export const requestChannel = "homeport:request";
export const pushChannel = "homeport:push";

/** What the preload sends. `listen` starts pushes to this window, the first being a snapshot; `unlisten` ends them. */
export type WindowRequest =
  | { readonly verb: "call"; readonly method: string; readonly input: unknown }
  | { readonly verb: "listen" }
  | { readonly verb: "unlisten" };
