// The settings as they apply: read when a page opens, when the line returns, and whenever the page asks again.
import { useCallback, useEffect, useState } from "react";
import type { MethodOutput } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome, useWindowState } from "./home.ts";

/** What `getSettings` tells: the configuration, where it is kept, whether it can be changed from here. */
export type ReadSettings = MethodOutput<"getSettings">;

/** `settings` stays what was read last while `failure` says why it could not be read again. */
export function useSettings(): {
  readonly settings: ReadSettings | undefined;
  readonly failure: Failure | undefined;
  readonly reload: () => void;
} {
  const { client } = useHome();
  const connected = useWindowState().line.state === "connected";
  const [settings, setSettings] = useState<ReadSettings>();
  const [failure, setFailure] = useState<Failure>();
  const reload = useCallback(() => {
    void client.getSettings({}).then((reply) => {
      if (reply.ok) setSettings(reply.output);
      setFailure(reply.ok ? undefined : reply.failure);
    });
  }, [client]);
  useEffect(() => {
    if (connected) reload();
  }, [connected, reload]);
  return { settings, failure, reload };
}
