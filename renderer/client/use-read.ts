// What a method tells, read when a part opens and whenever it asks again.
import { useCallback, useEffect, useState } from "react";
import type { Client, Reply } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome } from "./home.ts";

/** `read` must be the same function from one drawing to the next. `value` stays what was read last while `failure` says why not again. */
export function useRead<T>(read: (client: Client) => Promise<Reply<T>>): {
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly reload: () => void;
} {
  const { client } = useHome();
  const [value, setValue] = useState<T>();
  const [failure, setFailure] = useState<Failure>();
  const reload = useCallback(() => {
    void read(client).then((reply) => {
      if (reply.ok) setValue(reply.output);
      setFailure(reply.ok ? undefined : reply.failure);
    });
  }, [client, read]);
  useEffect(reload, [reload]);
  return { value, failure, reload };
}
