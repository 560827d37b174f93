// The two files of undici that `http.ts` needs, as undici's own types have them. Its index also brings fetch, WebSocket, caches and
// mocks, 12 MB that stay for as long as the process. Without the index a pool has `dispatch`, `close` and `destroy`, and not `request` and its like.
declare module "undici/lib/dispatcher/pool.js" {
  import type { Pool } from "undici";

  const SmallPool: new (origin: string, options: Pool.Options) => Pick<Pool, "dispatch" | "close" | "destroy">;
  export = SmallPool;
}

declare module "undici/lib/core/connect.js" {
  import { buildConnector } from "undici";

  export = buildConnector;
}
