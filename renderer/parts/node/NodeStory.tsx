// What happened on a node, newest first, and how quickly it answers: a dialog that keeps up while it is open.
import { useState } from "react";
import type { Node } from "../../../src-core/contract/fleet.ts";
import { NodeTopic } from "../../../src-core/contract/node-log.ts";
import { useNodeLog } from "../../client/use-node-log.ts";
import { words } from "../../language/words.ts";
import { Dialog } from "../Dialog.tsx";
import { Standing } from "../Standing.tsx";
import { Probes } from "./Probes.tsx";
import { StoryList } from "./StoryList.tsx";

const pageLength = 40;
/** As many as the engine keeps and answers at once. */
const mostShown = 200;
const restMs = 1_000;

const { nodeStory: say } = words;

interface NodeStoryProps {
  readonly node: Node;
  readonly title: string;
  readonly onClose: () => void;
}

export function NodeStory({ node, title, onClose }: NodeStoryProps) {
  const [limit, setLimit] = useState(pageLength);
  const [about, setAbout] = useState<NodeTopic>();
  const { read, failure, again } = useNodeLog(node, { limit, about, restMs, wanted: true });
  const choose = (value: string) => {
    setAbout(NodeTopic.options.find((topic) => topic === value));
    setLimit(pageLength);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-body story" aria-busy={read === undefined || read.about !== about}>
        <Standing readAt={read?.at} failure={failure} again={again} says={say.standing} />
        {read !== undefined && <Probes probes={read.page.probes} now={read.at} />}
        {read !== undefined && (
          <section className="story-part" aria-label={say.title}>
            <div className="story-head">
              <h3>{say.title}</h3>
              <select aria-label={say.topicLabel} value={about ?? ""} onChange={(event) => choose(event.target.value)}>
                <option value="">{say.everyTopic}</option>
                {NodeTopic.options.map((topic) => (
                  <option key={topic} value={topic}>
                    {say.topics[topic]}
                  </option>
                ))}
              </select>
            </div>
            <StoryList entries={read.page.entries} now={read.at} filtered={read.about !== undefined} />
            {read.page.next !== undefined && limit < mostShown && (
              <button type="button" className="button small" onClick={() => setLimit(Math.min(mostShown, limit + pageLength))}>
                {say.olderButton}
              </button>
            )}
          </section>
        )}
      </div>
    </Dialog>
  );
}
