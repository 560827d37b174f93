// What a start of the app asks for. Our own arguments are read plainly; those of a second start and of links come from anybody, so they can show
// a place in the window and do nothing else (S-62). Pure.
import { z } from "zod";
import { NodeId } from "../src-core/contract/ids.ts";
import { linkScheme } from "./app-id.ts";

/** What the first start was told. */
export interface StartWishes {
  /** Adds the simulated fleet. */
  readonly demo: boolean;
  /** No window at the start, where there is a tray to open it from. */
  readonly hidden: boolean;
  /** Look for model servers on this machine when none is configured. */
  readonly discover: boolean;
  /** Another data folder. */
  readonly data?: string;
}

/** A place in the window. */
export type Place = { readonly page: (typeof linkedPages)[number] } | { readonly node: NodeId };

/** What somebody else's start may do: bring the window up, at a place or where it was. */
export type SecondStart = { readonly show: false } | { readonly show: true; readonly place?: Place };

const linkedPages = ["nodes", "models", "activity", "routing", "usage", "connect", "settings"] as const;
const Page = z.enum(linkedPages);
/** More than any system passes on; Chromium adds switches of its own. */
const Arguments = z.array(z.string().max(8_192)).max(256);

/** Chromium's own switches stand among ours and are not ours to judge. `--data` takes the next argument, or stands before "=". */
export function startWishes(args: readonly string[]): StartWishes {
  const inline = args.find((arg) => arg.startsWith("--data="))?.slice("--data=".length);
  const at = args.indexOf("--data");
  const data = inline ?? (at < 0 ? undefined : args[at + 1]);
  return {
    demo: args.includes("--demo"),
    hidden: args.includes("--hidden"),
    discover: !args.includes("--no-discover"),
    ...(data === undefined || data === "" || data.startsWith("--") ? {} : { data }),
  };
}

/** A second entry that starts the app at login is no reason to show a window; anything unreadable shows it where it was. */
export function secondStart(raw: unknown): SecondStart {
  const args = Arguments.safeParse(raw);
  if (!args.success) return { show: true };
  const link = args.data.find((arg) => arg.toLowerCase().startsWith(`${linkScheme}:`));
  const place = link === undefined ? undefined : placeOfLink(link);
  if (place !== undefined) return { show: true, place };
  return args.data.includes("--hidden") ? { show: false } : { show: true };
}

/** The place a link names; undefined for every link that is not exactly one of ours. */
export function placeOfLink(link: unknown): Place | undefined {
  const text = z.string().max(200).safeParse(link);
  const url = text.success ? URL.parse(text.data) : null;
  if (url === null || url.protocol !== `${linkScheme}:` || url.username !== "" || url.password !== "" || url.port !== "") return undefined;
  if (url.search !== "" || url.hash !== "") return undefined;
  const page = Page.safeParse(url.hostname);
  if (!page.success) return undefined;
  const rest = url.pathname.replace(/^\//, "");
  if (rest === "") return { page: page.data };
  const node = NodeId.safeParse(rest);
  return page.data === "nodes" && node.success ? { node: node.data } : undefined;
}
