// Back to the defaults, after one question. Nodes are somebody's work, so they stay unless it is said that they go too.
import { useState } from "react";
import { useAction, useHome } from "../../client/home.ts";
import { Confirm } from "../Dialog.tsx";
import { Toggle } from "../Field.tsx";

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
    const reply = await run(() => client.resetSettings({ nodes }), { failed: "The settings were not reset" });
    if (reply.ok) onReplaced(reply.output.kept);
  };
  return (
    <Confirm title="Reset all settings?" confirm="Reset" danger onConfirm={() => void reset()} onClose={onClose}>
      <p>
        Everything goes back to how Homeport comes: port, profiles, budgets, keys of clients, switches. Apps that use another port or a key
        have to be changed. Keys kept by this computer stay.
      </p>
      <p>A copy of the settings as they are now is kept beside them.</p>
      <Toggle label="Forget the nodes too" checked={forgetting} onChange={setForgetting} />
    </Confirm>
  );
}
