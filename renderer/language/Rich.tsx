// A sentence with elements in it: "Run {command} first." A translation may put them in another order, so the sentence stays whole.
import { Fragment, type ReactNode } from "react";

interface RichProps {
  /** `{name}` marks the place of an element. */
  readonly text: string;
  readonly parts: Readonly<Record<string, ReactNode>>;
}

export function Rich({ text, parts }: RichProps) {
  const pieces = text.split(/\{(\w+)\}/).map((piece, at) => ({ at, shown: at % 2 === 1 ? parts[piece] : piece }));
  return pieces.map(({ at, shown }) => <Fragment key={at}>{shown}</Fragment>);
}
