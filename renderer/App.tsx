// The frame around the pages: header, standing messages, the page, toasts. Until the first snapshot it says what it waits for.
import { useEffect, useRef } from "react";
import { SnapshotContext, useHome, useWindowState } from "./client/home.ts";
import { type Page, pageTitles, usePage, usePageKeys } from "./client/pages.ts";
import type { Line } from "./client/store.ts";
import { applyTheme } from "./client/theme.ts";
import { words } from "./language/words.ts";
import { Layers } from "./palette/Layers.tsx";
import { Banners } from "./parts/Banners.tsx";
import { Header } from "./parts/Header.tsx";
import { Toasts } from "./parts/Toasts.tsx";
import { Activity } from "./views/Activity.tsx";
import { Connect } from "./views/Connect.tsx";
import { Models } from "./views/Models.tsx";
import { Nodes } from "./views/Nodes.tsx";
import { Routing } from "./views/Routing.tsx";
import { Settings } from "./views/Settings.tsx";
import { Usage } from "./views/Usage.tsx";

const { frame } = words;

const views: Readonly<Record<Page, () => React.ReactNode>> = {
  nodes: Nodes,
  models: Models,
  activity: Activity,
  routing: Routing,
  usage: Usage,
  connect: Connect,
  settings: Settings,
};

export function App() {
  const { line, snapshot } = useWindowState();
  const page = usePage();
  const main = useRef<HTMLElement>(null);
  usePageKeys();
  useSavedTheme(line.state === "connected");
  const first = useRef(true);
  useEffect(() => {
    document.title = frame.windowTitle(pageTitles[page]);
    // A page change moves the reader to its start, as a page load would; the first page has nothing to leave.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [page]);
  const View = views[page];
  return (
    <SnapshotContext value={snapshot}>
      <button type="button" className="skip button" onClick={() => main.current?.focus()}>
        {frame.skip}
      </button>
      <Header page={page} />
      <Banners />
      <main ref={main} id="main" tabIndex={-1} aria-busy={snapshot === undefined}>
        {snapshot === undefined ? <Waiting line={line} /> : <View />}
      </main>
      <Toasts />
      {snapshot !== undefined && <Layers />}
    </SnapshotContext>
  );
}

/** The theme is a setting like any other: asked for once the line is up. */
function useSavedTheme(connected: boolean): void {
  const { client } = useHome();
  useEffect(() => {
    if (!connected) return;
    void client.getSettings({}).then((reply) => {
      if (reply.ok) applyTheme(reply.output.config.desktop.theme);
    });
  }, [client, connected]);
}

function Waiting({ line }: { readonly line: Line }) {
  if (line.state === "refused") {
    return (
      <section className="empty">
        <h1>{frame.line.refusedTitle}</h1>
        <p>{line.failure.message}</p>
      </section>
    );
  }
  if (line.state === "lost") {
    return (
      <section className="empty">
        <h1>{frame.line.silentTitle}</h1>
        <p>{frame.line.silentSays}</p>
      </section>
    );
  }
  return (
    <section className="empty">
      <h1>{frame.line.connecting}</h1>
    </section>
  );
}
