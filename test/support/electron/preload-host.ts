// Runs a built preload in a real page: the same file Electron would run, with `require("electron")` answered by the page's binding to main.
import { readFileSync } from "node:fs";

/** The binding each frame of the page has to the stand-in's main process. */
export const invokeBinding = "__electronInvoke";
/** The function main calls to push into the page. */
export const pushFunction = "__electronPush";

/** A script for the page's start. Like Electron, it runs the preload in the top frame only. */
export function preloadScript(path: string): string {
  return `(() => {
    if (window !== window.top || !location.protocol.startsWith("http")) return;
    const listeners = new Map();
    const of = (channel) => listeners.get(channel) ?? [];
    window.${pushFunction} = (channel, args) => of(channel).forEach((listener) => listener({}, ...args));
    const ipcRenderer = {
      invoke: (channel, ...args) => window.${invokeBinding}(channel, args),
      on: (channel, listener) => (listeners.set(channel, [...of(channel), listener]), ipcRenderer),
      removeListener: (channel, listener) => (listeners.set(channel, of(channel).filter((one) => one !== listener)), ipcRenderer),
      listenerCount: (channel) => of(channel).length,
    };
    const contextBridge = {
      exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true }),
    };
    const require = (name) => {
      if (name !== "electron") throw new Error("a sandboxed preload cannot load " + name);
      return { ipcRenderer, contextBridge };
    };
    ((require, module, exports) => {
${readFileSync(path, "utf8")}
    })(require, { exports: {} }, {});
  })();`;
}
