// Opens what happened on a node.
import { History } from "lucide-react";
import { useState } from "react";
import type { Node } from "../../../src-core/contract/fleet.ts";
import { words } from "../../language/words.ts";
import { NodeStory } from "./NodeStory.tsx";

export function StoryButton({ node }: { readonly node: Node }) {
  const [open, setOpen] = useState(false);
  const label = words.nodeStory.openLabel(node.name);
  return (
    <>
      <button type="button" className="icon-button story-button" aria-label={label} title={label} onClick={() => setOpen(true)}>
        <History size={16} aria-hidden="true" />
      </button>
      {open && <NodeStory node={node} title={label} onClose={() => setOpen(false)} />}
    </>
  );
}
