// Waiting for a worker that tells nothing while it works: as long as it still answers other questions it is at it, however long the job takes (F68);
// one that has gone is noticed within seconds, not at the job's deadline.
import { heartbeatMs, workerSubject } from "../contract/jobs.ts";
import type { NatsLine } from "./nats-line.ts";

/** Silent for so many looks in a row it is gone; a server that knows of nobody on its subjects says so at the first. */
const looks = 3;
const nothing = new Uint8Array(0);

/** What the answer is, or "gone" where the worker is not there any more. NATS being away is not the worker's end: the answer's own failure tells it. */
export async function answerOrGone<T>(line: NatsLine, answer: Promise<T>): Promise<T | "gone"> {
  let over = false;
  let forget = () => {};
  const gone = new Promise<"gone">((resolve) => {
    let silent = 0;
    const later = () => {
      if (!over) forget = line.clock.after(heartbeatMs, () => void look());
    };
    const look = async () => {
      const heard = await line.link.request(workerSubject.capabilities(line.subject), nothing, heartbeatMs);
      if (over || line.link.state().state !== "connected") return later();
      const missing = "failure" in heard;
      if (missing && heard.failure.kind === "connect-failed") return resolve("gone");
      silent = missing ? silent + 1 : 0;
      if (silent >= looks) resolve("gone");
      else later();
    };
    later();
  });
  return Promise.race([answer, gone]).finally(() => {
    over = true;
    forget();
  });
}
