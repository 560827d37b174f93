// Saving one section of the settings: sends it whole, keeps the failure for the field it is about, and reads the settings again.
import { useState } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome } from "./home.ts";

export interface SectionProps {
  readonly config: Config;
  readonly writable: boolean;
  readonly reload: () => void;
}

/** `save` returns whether the change was taken. */
export function useSave(reload: () => void) {
  const { client, toasts } = useHome();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const save = async (change: Partial<Config>, done: string): Promise<boolean> => {
    setBusy(true);
    const reply = await client.setSettings({ change });
    setBusy(false);
    setFailure(reply.ok ? undefined : reply.failure);
    if (reply.ok) toasts.push({ tone: "ok", title: done });
    reload();
    return reply.ok;
  };
  return { failure, busy, save };
}

/** The sentence for this field; with `otherwise`, also for failures that name no field. */
export function errorFor(failure: Failure | undefined, field: string, otherwise = false): string | undefined {
  if (failure === undefined) return undefined;
  if (failure.field === undefined || failure.field === "") return otherwise ? failure.message : undefined;
  return failure.field.split(".").includes(field) ? failure.message : undefined;
}
