// A part of a long form: its name and, in a word, what it holds. Opens where something in it becomes wrong, and never closes by itself: who mends
// the last mistake is still typing in it. What is folded is not drawn: of fifty entries one is looked at.
import { type ReactNode, useState } from "react";

interface FoldProps {
  readonly title: string;
  /** What it holds now: "2 devices", "off". */
  readonly holds: string;
  readonly open: boolean;
  readonly children: ReactNode;
}

export function Fold({ title, holds, open, children }: FoldProps) {
  const [state, setState] = useState({ wished: open, open });
  if (state.wished !== open) setState({ wished: open, open: state.open || open });
  return (
    <details className="fold" open={state.open} onToggle={(event) => setState({ wished: open, open: event.currentTarget.open })}>
      <summary>
        <span className="fold-title">{title}</span> <span className="hint">{holds}</span>
      </summary>
      <div className="fold-body">{state.open && children}</div>
    </details>
  );
}
