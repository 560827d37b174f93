// How quickly a node answered lately, drawn beside its state. Read only while its panel is in sight.
import { memo, useRef } from "react";
import type { Node } from "../../../src-core/contract/fleet.ts";
import { useInSight, useNodeLog } from "../../client/use-node-log.ts";
import { probesSay } from "./probe-figures.ts";
import { Sparkline } from "./Sparkline.tsx";

/** Nodes are asked every five seconds at most while somebody looks. */
const restMs = 5_000;

/** The line around it ticks each second; this does not. */
export const NodeLatency = memo(function NodeLatency({ node }: { readonly node: Node }) {
  const place = useRef<HTMLSpanElement>(null);
  const wanted = useInSight(place) && node.enabled;
  const { read } = useNodeLog(node, { limit: 0, restMs, wanted });
  const probes = read?.page.probes ?? [];
  const label = read === undefined ? undefined : probesSay(probes, read.at);
  return (
    <span ref={place} className="node-latency">
      {label !== undefined && probes.length > 1 && node.enabled && <Sparkline probes={probes} label={label} size="small" />}
    </span>
  );
});
