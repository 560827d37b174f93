// The frame of one settings section: a heading, one sentence, and its controls.
import { type ReactNode, useId } from "react";

interface SectionFrameProps {
  readonly title: string;
  readonly about: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, about, children }: SectionFrameProps) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        <p className="hint">{about}</p>
      </div>
      <div className="section-body">{children}</div>
    </section>
  );
}
