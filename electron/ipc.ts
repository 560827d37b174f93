// The carrier between window and engine. Whoever calls is checked before anything is read: only the top frame of our own window, showing our
// own page, is heard (S-55).
import type { IpcMain, IpcMainInvokeEvent, WebContents } from "electron";
import { z } from "zod";
import type { Reply } from "../src-core/contract/api.ts";
import { ChangeEncoder } from "../src-core/contract/changes.ts";
import { fail } from "../src-core/contract/failure.ts";
import type { Log } from "../src-core/engine/ports.ts";
import type { Homeport } from "../src-core/homeport.ts";
import { pushChannel, requestChannel } from "./channels.ts";
import type { Words } from "./language/words.ts";
import { isOurs } from "./scheme.ts";

const Request = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("call"), method: z.string().max(64), input: z.unknown() }),
  z.strictObject({ verb: z.literal("listen") }),
  z.strictObject({ verb: z.literal("unlisten") }),
]);

export interface IpcParts {
  readonly ipcMain: Pick<IpcMain, "handle" | "removeHandler">;
  readonly homeport: Pick<Homeport, "dispatch" | "listen">;
  /** The window's contents, while there is a window. */
  readonly contents: () => WebContents | undefined;
  readonly log: Log;
  readonly words: Words["window"];
}

const done: Reply = { ok: true, output: {} };

/** The window's carrier. Nothing is pushed to a window that nobody sees: a push heals what was missed, so it simply starts anew. */
export interface WindowLine {
  readonly hold: () => void;
  readonly goOn: () => void;
  readonly stop: () => void;
}

/** Answers the window until `stop`. */
export function serveWindow({ ipcMain, homeport, contents, log, words }: IpcParts): WindowLine {
  let stopPushes: () => void = () => {};
  let listener: WebContents | undefined;
  const listen = (to: WebContents | undefined) => {
    stopPushes();
    stopPushes = () => {};
    listener = to;
    if (to === undefined || to.isDestroyed()) return;
    const encoder = new ChangeEncoder();
    stopPushes = homeport.listen((push) => {
      if (!to.isDestroyed()) to.send(pushChannel, encoder.encode(push));
    });
  };
  ipcMain.handle(requestChannel, async (event, raw: unknown): Promise<Reply> => {
    const ours = contents();
    if (ours === undefined || !isTrusted(event, ours)) {
      log.warn({ from: event.senderFrame?.url.slice(0, 200) ?? "a frame that is gone" }, "A call from outside our window was refused.");
      return { ok: false, failure: fail("forbidden", words.strangerRefused) };
    }
    const request = Request.safeParse(raw);
    if (!request.success) return { ok: false, failure: fail("invalid-request", words.noRequest) };
    if (request.data.verb === "call") return homeport.dispatch(request.data.method, request.data.input);
    listen(request.data.verb === "listen" ? ours : undefined);
    return done;
  });
  return {
    hold: () => stopPushes(),
    goOn: () => listen(listener),
    stop() {
      listen(undefined);
      ipcMain.removeHandler(requestChannel);
    },
  };
}

function isTrusted(event: IpcMainInvokeEvent, ours: WebContents): boolean {
  const frame = event.senderFrame;
  return event.sender === ours && frame !== null && frame.parent === null && isOurs(frame.url);
}
