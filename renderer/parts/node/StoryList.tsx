// Entries of a node's story, newest first: when, a mark by shape and colour, the sentence, and what the node itself said.
import { Circle, CircleCheck, CircleX } from "lucide-react";
import type { NodeLogEntry } from "../../../src-core/contract/node-log.ts";
import { clockTime, dayAndTime } from "../../format.ts";
import { words } from "../../language/words.ts";

const { nodeStory: say } = words;

interface StoryListProps {
  readonly entries: readonly NodeLogEntry[];
  readonly now: number;
  /** Only one topic is shown. */
  readonly filtered: boolean;
}

const icons = { good: CircleCheck, bad: CircleX, plain: Circle } as const;

export function StoryList({ entries, now, filtered }: StoryListProps) {
  if (entries.length === 0) return <p className="hint">{filtered ? say.noneOfTopic : say.none}</p>;
  return (
    <ol className="story-list">
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} now={now} />
      ))}
    </ol>
  );
}

function Entry({ entry: { at, tone, says, because, times }, now }: { readonly entry: NodeLogEntry; readonly now: number }) {
  const Icon = icons[tone];
  return (
    <li className={`story-entry story-${tone}`}>
      <time dateTime={new Date(at).toISOString()}>{instant(at, now)}</time>
      <Icon size={14} aria-hidden="true" />
      <div>
        <p>
          {says}
          {times !== undefined && <span className="hint"> {say.times(times)}</span>}
        </p>
        {because !== undefined && <p className="hint">{because}</p>}
      </div>
    </li>
  );
}

/** The time of day, with the day where it is not today. */
function instant(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? clockTime(at) : dayAndTime(at);
}
