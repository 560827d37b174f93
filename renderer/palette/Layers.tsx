// The layers that keys open from every page: the palette on Ctrl or Cmd+K, the list of keys on "?". One at a time, and none over another dialog.
import { useEffect, useState } from "react";
import type { NodeId } from "../../src-core/contract/ids.ts";
import { useSnapshot } from "../client/home.ts";
import { isTyping } from "../client/pages.ts";
import { words } from "../language/words.ts";
import { Confirm } from "../parts/Dialog.tsx";
import { NodeStory } from "../parts/node/NodeStory.tsx";
import type { PaletteAct } from "./commands.ts";
import { KeysDialog } from "./KeysDialog.tsx";
import { Palette } from "./Palette.tsx";
import { usePaletteAct } from "./use-act.ts";

type Unload = Extract<PaletteAct, { do: "unload" }>;
type Layer =
  | { readonly is: "none" }
  | { readonly is: "palette" }
  | { readonly is: "keys" }
  | { readonly is: "asking"; readonly act: Unload }
  | { readonly is: "story"; readonly node: NodeId };
const { unload } = words.palette;
const none: Layer = { is: "none" };

function layerFor(event: KeyboardEvent): Layer | undefined {
  const { key, altKey, target } = event;
  const held = event.ctrlKey || event.metaKey;
  if (key.toLowerCase() === "k" && held && !altKey && !event.shiftKey) return { is: "palette" };
  return key === "?" && !held && !altKey && !isTyping(target) ? { is: "keys" } : undefined;
}

export function Layers() {
  const [layer, setLayer] = useState(none);
  const act = usePaletteAct();
  const close = () => setLayer(none);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const next = layerFor(event);
      if (next === undefined) return;
      // Also over a dialog the browser's own Ctrl+K must not take the window away.
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) setLayer(next);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const run = (chosen: PaletteAct) => {
    if (chosen.do === "keys") setLayer({ is: "keys" });
    else if (chosen.do === "story") setLayer({ is: "story", node: chosen.node });
    else if (chosen.do === "unload" && chosen.busy > 0) setLayer({ is: "asking", act: chosen });
    else act(chosen);
  };
  switch (layer.is) {
    case "none":
      return null;
    case "palette":
      return <Palette onRun={run} onClose={close} />;
    case "keys":
      return <KeysDialog onClose={close} />;
    case "story":
      return <Story id={layer.node} onClose={close} />;
    case "asking":
      return (
        <Confirm title={unload.title(layer.act.model)} confirm={unload.button} danger onConfirm={() => act(layer.act)} onClose={close}>
          <p>{unload.cutsShort(layer.act.busy, layer.act.nodeName)}</p>
        </Confirm>
      );
  }
}

/** Nothing where the node was removed meanwhile. */
function Story({ id, onClose }: { readonly id: NodeId; readonly onClose: () => void }) {
  const node = useSnapshot().fleet.nodes[id];
  return node === undefined ? null : <NodeStory node={node} title={words.nodeStory.openLabel(node.name)} onClose={onClose} />;
}
