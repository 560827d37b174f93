// The built window over a bridge that answers with the sample fleet: every state at once, standing still, no engine needed.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright/test";
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { windowPolicy } from "../../src-core/ingress/ui.ts";
import { sampleActivity } from "../support/sample-activity.ts";
import { sampleExplanations } from "../support/sample-explanation.ts";
import { nodeLogReply } from "../support/sample-node-log.ts";
import { settingsReplies } from "../support/sample-settings.ts";
import { sampleSettings, sampleSnapshot } from "../support/sample-snapshot.ts";
import { sampleUsage } from "../support/sample-usage.ts";

const origin = "http://homeport.test";
const folder = fileURLToPath(new URL("../../dist/renderer", import.meta.url));
const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** A reply that never comes. */
export const pending = "pending";

export interface Sample {
  readonly snapshot?: Snapshot;
  /** The engine has said nothing yet. */
  readonly silent?: boolean;
  readonly activity?: readonly RequestRow[];
  /** Replies by method, or by method and policy or dimension ("explain fastest", "usage day"), instead of an empty success. */
  readonly replies?: Readonly<Record<string, unknown>>;
}

/** What the sample bridge was asked, in order. */
export interface Asked {
  readonly method: string;
  readonly input: unknown;
}

declare global {
  var asked: Asked[];
  /** Pushes to the window, as the engine does. */
  var push: (push: unknown) => void;
}

/** Opens a page of the window, under the same policy as in earnest. */
export async function openSample(page: Page, hash: string, sample: Sample = {}): Promise<void> {
  const replies: Readonly<Record<string, unknown>> = {
    getSettings: { ok: true, output: sampleSettings },
    loadChoices: { ok: true, output: { choices: [] } },
    ...sampleExplanations,
    ...settingsReplies,
    ...sampleUsage,
    ...nodeLogReply(),
    ...sample.replies,
  };
  await page.route(`${origin}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const name = path === "/" ? "/index.html" : path;
    const body = await readFile(folder + name).catch(() => undefined);
    if (body === undefined) await route.fulfill({ status: 404 });
    else {
      const contentType = types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      await route.fulfill({ body, contentType, headers: { "content-security-policy": windowPolicy } });
    }
  });
  await page.addInitScript(
    ({ snapshot, activity, replies, silent, pending }) => {
      globalThis.asked = [];
      const bridge = {
        call: async (method: string, input: unknown) => {
          globalThis.asked.push({ method, input });
          const { policy, by } = Object(input);
          const reply = replies[`${method} ${policy ?? by}`] ?? replies[method] ?? { ok: true, output: {} };
          return reply === pending ? new Promise(() => {}) : reply;
        },
        listen: (onPush: (push: unknown) => void) => {
          globalThis.push = onPush;
          queueMicrotask(() => {
            if (silent) return;
            onPush({ type: "snapshot", snapshot });
            onPush({ type: "activity", rows: activity });
          });
          return () => {};
        },
      };
      Object.assign(globalThis, { bridge });
    },
    {
      snapshot: sample.snapshot ?? sampleSnapshot,
      activity: [...(sample.activity ?? sampleActivity)],
      replies,
      silent: sample.silent === true,
      pending,
    },
  );
  await page.goto(`${origin}/${hash}`);
}
