// The window's composition root. It makes one choice: the bridge of the desktop app if there is one, else HTTP to where it was served from.
import "./no-eval.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/frame.css";
import "./styles/page.css";
import "./styles/nodes.css";
import "./styles/node-log.css";
import "./styles/models.css";
import "./styles/library.css";
import "./styles/loading.css";
import "./styles/activity.css";
import "./styles/trace.css";
import "./styles/routing.css";
import "./styles/routing-edit.css";
import "./styles/list-editor.css";
import "uplot/dist/uPlot.min.css";
import "./styles/usage.css";
import "./styles/node-form.css";
import "./styles/settings.css";
import "./styles/doctor.css";
import "./styles/settings-lists.css";
import "./styles/layers.css";
import "./styles/palette.css";
import "./styles/finding.css";
import "./styles/connect.css";
import "./styles/forced.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "../src-core/contract/api.ts";
import { App } from "./App.tsx";
import { HomeContext } from "./client/home.ts";
import { httpTransport } from "./client/http.ts";
import { ipcTransport } from "./client/ipc.ts";
import { WindowStore } from "./client/store.ts";
import { applyTheme, rememberedTheme } from "./client/theme.ts";
import { ToastBox } from "./client/toasts.ts";
import { reloadOnNewToken, takeToken } from "./client/token.ts";
import { locale } from "./language/locale.ts";

document.documentElement.lang = locale;
reloadOnNewToken();
applyTheme(rememberedTheme());
const transport = window.bridge ? ipcTransport(window.bridge) : httpTransport(location.origin, takeToken());
const store = new WindowStore(transport);
const home = { client: createClient(transport), store, toasts: new ToastBox() };
const stop = store.start();
addEventListener("pagehide", (event) => {
  if (!event.persisted) stop();
});

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <HomeContext value={home}>
        <App />
      </HomeContext>
    </StrictMode>,
  );
}
