// A part of a long form: its name and, in a word, what it holds. Open where it holds something, or where something in it is wrong.
import type { ReactNode } from "react";

interface FoldProps {
  readonly title: string;
  /** What it holds now: "2 devices", "off". */
  readonly holds: string;
  readonly open: boolean;
  readonly children: ReactNode;
}

export function Fold({ title, holds, open, children }: FoldProps) {
  return (
    <details className="fold" open={open ? true : undefined}>
      <summary>
        <span className="fold-title">{title}</span> <span className="hint">{holds}</span>
      </summary>
      <div className="fold-body">{children}</div>
    </details>
  );
}
