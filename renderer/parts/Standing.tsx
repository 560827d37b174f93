// What stands between a person and the latest of what a page reads by itself: nothing yet, a failure with a way on, or a line that is down. What was
// read before stays below it, and says of when it is.
import type { Failure } from "../../src-core/contract/failure.ts";
import { useConnected } from "../client/home.ts";
import { clockTime } from "../format.ts";
import { words } from "../language/words.ts";

/** What a page says of what it reads, in whole sentences. */
interface StandingWords {
  readonly unread: string;
  readonly reading: string;
  /** How old it is: "These figures are of 12:04." */
  readonly knownAt: (time: string) => string;
}

interface StandingProps {
  /** When what is shown was read; undefined before the first answer. */
  readonly readAt: number | undefined;
  readonly failure: Failure | undefined;
  readonly again: () => void;
  readonly says: StandingWords;
}

export function Standing({ readAt, failure, again, says }: StandingProps) {
  const connected = useConnected();
  const known = readAt === undefined ? undefined : says.knownAt(clockTime(readAt));
  if (!connected) return <p className="standing">{words.standing.silent(known)}</p>;
  if (failure !== undefined) {
    return (
      <div className="standing" role="alert">
        <p>{words.standing.failed(says.unread, failure.message, known)}</p>
        <button type="button" className="button" onClick={again}>
          {words.common.tryAgain}
        </button>
      </div>
    );
  }
  return readAt === undefined ? <p className="hint">{says.reading}</p> : null;
}
