// All that the window can reach of the desktop app: call a method, listen to pushes. Nothing of Electron itself passes through (S-55).
import { contextBridge, ipcRenderer } from "electron";
import type { Reply } from "../src-core/contract/api.ts";
import type { CarriedPush } from "../src-core/contract/changes.ts";
import { pushChannel, requestChannel, type WindowRequest } from "./channels.ts";

const ask = (request: WindowRequest): Promise<Reply> => ipcRenderer.invoke(requestChannel, request);

contextBridge.exposeInMainWorld("bridge", {
  call: (method: string, input: unknown) => ask({ verb: "call", method, input }),
  listen: (onPush: (push: CarriedPush) => void) => {
    // The event object leads back to ipcRenderer, so it stays here.
    const listener = (_event: unknown, push: CarriedPush) => onPush(push);
    ipcRenderer.on(pushChannel, listener);
    void ask({ verb: "listen" });
    return () => {
      ipcRenderer.removeListener(pushChannel, listener);
      if (ipcRenderer.listenerCount(pushChannel) === 0) void ask({ verb: "unlisten" });
    };
  },
});
