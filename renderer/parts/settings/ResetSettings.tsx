// Back to the defaults, after one question. Nodes are somebody's work, so they stay unless it is said that they go too.
import { useState } from "react";
import { useAction, useHome } from "../../client/home.ts";
import { words } from "../../language/words.ts";
import { Confirm } from "../Dialog.tsx";
import { Toggle } from "../Field.tsx";

const { resetting } = words.settings;

interface ResetSettingsProps {
  readonly onClose: () => void;
  readonly onReplaced: (kept: string) => void;
}

export function ResetSettings({ onClose, onReplaced }: ResetSettingsProps) {
  const { client } = useHome();
  const { run } = useAction();
  const [forgetting, setForgetting] = useState(false);
  const reset = async () => {
    const nodes = forgetting ? "forget" : "keep";
    const reply = await run(() => client.resetSettings({ nodes }), { failed: resetting.failed });
    if (reply.ok) onReplaced(reply.output.kept);
  };
  return (
    <Confirm title={resetting.title} confirm={resetting.resetButton} danger onConfirm={() => void reset()} onClose={onClose}>
      <p>{resetting.about}</p>
      <p>{resetting.copyHint}</p>
      <Toggle label={resetting.nodesToo} checked={forgetting} onChange={setForgetting} />
    </Confirm>
  );
}
