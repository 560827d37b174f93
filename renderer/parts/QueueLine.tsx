// How many requests wait for a model, and how long one who came now would. Nothing while nobody waits.
import { Hourglass } from "lucide-react";
import type { QueueView } from "../../src-core/contract/api.ts";
import { words } from "../language/words.ts";
import { queueSays } from "../queues.ts";

interface QueueLineProps {
  readonly queue: QueueView | undefined;
  /** The model, where nothing around the line names it. */
  readonly model?: string;
}

export function QueueLine({ queue, model }: QueueLineProps) {
  if (queue === undefined || queue.depth === 0) return null;
  const { interactive, batch } = queue.lanes;
  const says = queueSays(queue);
  return (
    <p className="queue-line" title={words.queues.lanes(interactive, batch)}>
      <Hourglass size={13} aria-hidden="true" />
      <span>{model === undefined ? says : words.queues.ofModel(model, says)}</span>
    </p>
  );
}
