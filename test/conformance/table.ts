// The matrix as text: one line per client and node, one column per row of the matrix, the reasons below.

export interface TableLine {
  readonly name: string;
  readonly cells: readonly { readonly is: string; readonly why?: string }[];
}

/** The whole table. Reasons are numbered, each told once. */
export function printed(rows: readonly string[], lines: readonly TableLine[]): string {
  const reasons: string[] = [];
  const mark = ({ is, why }: TableLine["cells"][number]) => {
    if (why === undefined) return is;
    if (!reasons.includes(why)) reasons.push(why);
    return `${is} ${reasons.indexOf(why) + 1}`;
  };
  const table = [["client → node", ...rows], ...lines.map(({ name, cells }) => [name, ...cells.map(mark)])];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((line) => line[at]?.length ?? 0))) ?? [];
  const drawn = table.map((line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [drawn[0], rule, ...drawn.slice(1), ...reasons.map((why, at) => `— ${at + 1}: ${why}.`)].join("\n");
}
