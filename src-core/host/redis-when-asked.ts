// The Redis client is read when the first figure is to be published: most houses have no Redis, and it costs as much memory as the engine itself.
import type { Announcer, Clock, Log } from "../engine/ports.ts";

/** Publishes through `redis.ts`, which is loaded by the first message. */
export function redisWhenAsked(clock: Clock, log: Log): Announcer {
  let loading: Promise<Announcer> | undefined;
  let closed = false;
  return {
    publish(address, channel, message) {
      if (closed) return;
      loading ??= import("./redis.ts").then(({ redisAnnouncer }) => redisAnnouncer(clock, log));
      void loading.then((announcer) => {
        if (!closed) announcer.publish(address, channel, message);
      });
    },
    close() {
      closed = true;
      void loading?.then((announcer) => announcer.close());
    },
  };
}
