// The nodes as far as pages of models show them: they stay the same objects while only probes and requests come and go.
import { useState } from "react";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { showTheSame } from "./lines.ts";

/** The nodes as last shown, until something that is shown changed. */
export function useShownNodes(nodes: Fleet["nodes"]): Fleet["nodes"] {
  const [shown, setShown] = useState(nodes);
  if (shown === nodes || showTheSame(shown, nodes)) return shown;
  setShown(nodes);
  return nodes;
}
