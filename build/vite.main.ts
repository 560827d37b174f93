// Builds Electron's main process: one ES module in dist/electron. Dependencies stay outside; the package carries them.
import { defineConfig } from "vite";
import { root } from "./paths.ts";

export default defineConfig({
  root,
  publicDir: false,
  build: {
    ssr: "electron/main.ts",
    outDir: "dist/electron",
    emptyOutDir: false,
    target: "node24",
    minify: false,
    sourcemap: true,
    rollupOptions: { external: ["electron"], output: { format: "es", entryFileNames: "main.js" } },
  },
});
