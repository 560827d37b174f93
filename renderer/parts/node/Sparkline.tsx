// The last probes of a node as a small line: higher is slower, a stroke from top to bottom is no answer. Its name says what it shows.
import type { ProbeTime } from "../../../src-core/contract/node-log.ts";
import { probeLine } from "./probe-figures.ts";

interface SparklineProps {
  readonly probes: readonly ProbeTime[];
  readonly label: string;
  readonly size: "small" | "wide";
}

/** The box that is drawn in; the style says how large it is shown. */
const width = 120;
const height = 20;
/** So that a line at the edge is drawn whole. */
const edge = 2;

export function Sparkline({ probes, label, size }: SparklineProps) {
  const { path, misses } = probeLine(probes, width, height);
  return (
    <svg
      className={`sparkline sparkline-${size}`}
      role="img"
      aria-label={label}
      viewBox={`${-edge} ${-edge} ${width + 2 * edge} ${height + 2 * edge}`}
      preserveAspectRatio="none"
    >
      <title>{label}</title>
      {misses.map((x) => (
        <path key={x} className="sparkline-miss" d={`M${x} 0V${height}`} />
      ))}
      <path className="sparkline-line" d={path} />
    </svg>
  );
}
