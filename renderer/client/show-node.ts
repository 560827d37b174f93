// Brings one node's panel into view and to the keyboard, from whichever page: the address says which (`#/nodes/studio`).
import type { NodeId } from "../../src-core/contract/ids.ts";

/** Frames in which a page that was just opened has drawn its nodes. */
const mostFrames = 30;

export function showNode(node: NodeId): void {
  location.hash = `#/nodes/${encodeURIComponent(node)}`;
  look(node, mostFrames);
}

function look(node: NodeId, frames: number): void {
  const panel = document.querySelector<HTMLElement>(`main [data-node="${CSS.escape(node)}"]`);
  // A dialog that closes gives the focus back first.
  if (panel === null || document.querySelector("dialog[open]") !== null) {
    if (frames > 0) requestAnimationFrame(() => look(node, frames - 1));
    return;
  }
  panel.tabIndex = -1;
  panel.scrollIntoView({ block: "start" });
  panel.focus({ preventScroll: true });
}
