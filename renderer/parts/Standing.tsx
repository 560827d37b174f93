// What stands between a person and the latest of what a page reads by itself: nothing yet, a failure with a way on, or a line that is down. What was
// read before stays below it, and says of when it is.
import type { Failure } from "../../src-core/contract/failure.ts";
import { useConnected } from "../client/home.ts";
import { clockTime } from "../format.ts";

interface StandingProps {
  /** When what is shown was read; undefined before the first answer. */
  readonly readAt: number | undefined;
  readonly failure: Failure | undefined;
  readonly again: () => void;
  /** What is read: at the beginning of a sentence, and after "Reading". */
  readonly subject: { readonly first: string; readonly later: string };
  /** How old it is: "These figures are of 12:04." */
  readonly knownAt: (time: string) => string;
}

export function Standing({ readAt, failure, again, subject, knownAt }: StandingProps) {
  const connected = useConnected();
  const since = readAt === undefined ? "" : ` ${knownAt(clockTime(readAt))}`;
  if (!connected) return <p className="standing">Homeport is not answering.{since}</p>;
  if (failure !== undefined) {
    return (
      <div className="standing" role="alert">
        <p>
          {subject.first} could not be read. {failure.message}
          {since}
        </p>
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  return readAt === undefined ? <p className="hint">Reading {subject.later}…</p> : null;
}
