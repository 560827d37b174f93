// Builds the window: static files in dist/renderer, nothing inline, so that the strict policy of `ingress/ui.ts` and `electron/scheme.ts` holds.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { root } from "./paths.ts";

export default defineConfig({
  root: `${root}renderer`,
  // Relative addresses work on the control port and under the desktop's own scheme alike.
  base: "./",
  plugins: [react()],
  build: {
    outDir: `${root}dist/renderer`,
    emptyOutDir: true,
    target: ["chrome140", "firefox140", "safari18"],
    // A data: address for an icon or font would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The window's one limit is 350 KB gzip, and a test holds it; a warning at every start would only worry.
    chunkSizeWarningLimit: 1_200,
  },
});
