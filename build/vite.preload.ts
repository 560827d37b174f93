// Builds Electron's preload: one CommonJS file, because a sandboxed preload cannot be an ES module.
import { defineConfig } from "vite";
import { root } from "./paths.ts";

export default defineConfig({
  root,
  publicDir: false,
  build: {
    lib: { entry: "electron/preload.ts", formats: ["cjs"], fileName: () => "preload.cjs" },
    outDir: "dist/electron",
    emptyOutDir: false,
    target: "chrome140",
    minify: false,
    rollupOptions: { external: ["electron"] },
  },
});
