// What the engine must know of a dialect to pass its bytes through honestly: where a frame ends, what counts as content,
// whether the stream really finished, and how a failure is told. One `Wire` per dialect; rows in `wires.ts`.
import type { Usage } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { RequestFacts, Task } from "../contract/route.ts";

export interface Wire {
  /** Bytes that end one frame of a stream: a blank line for SSE, a newline for NDJSON. */
  readonly frameEnd: "\n\n" | "\n";
  /** The content type of a stream. */
  readonly streamType: string;
  /** True if the frame carries something a client would show; role and start frames do not (F12). `frame` is without its end. */
  isContent(frame: string): boolean;
  /** The node's own error told inside a stream or a 200 body, if this frame is one: `{"error":…}`, `proxy error: …`. */
  failureIn(frame: string): Failure | undefined;
  /** True if the last bytes of a finished stream hold the dialect's terminator for this task (observed.md 4.1). */
  terminated(tail: string, task: Task): boolean;
  /** What the node said of tokens in the last frames, or in a whole non-streaming body. */
  usageIn(tail: string): Usage | undefined;
  /** A failure as whole frames of a stream, their ends included, never followed by a terminator. */
  failureFrame(failure: Failure): string;
  /** A frame, its end included, that no client takes for content, for a stream that has to wait for its first. `now`: epoch milliseconds. */
  keepAliveFrame(asked: Pick<RequestFacts, "task" | "model">, now: number): string;
  /**
   * As `keepAliveFrame`, with words that a client may show as reasoning (UX-30). Absent where the dialect allows none before an answer begins. Only
   * for a chat.
   */
  waitFrame?(asked: Pick<RequestFacts, "model">, now: number, says: string): string;
  /** A failure as a whole JSON body, in the dialect's own envelope, naming Homeport as the source. */
  failureBody(failure: Failure, requestId: string): string;
}
