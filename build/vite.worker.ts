// Builds the worker: its sources and all they need in a few files, with short names and without lines, since Node keeps a program's text in memory.
// A map lies beside each for whoever reads a stack; the program does not know of it, or it would be kept too.
import { defineConfig, type Plugin } from "vite";
import { root } from "./paths.ts";

/** One letter beyond Latin-1 makes V8 keep a whole text in two bytes a letter. Letters stand in strings and expressions only, where this means the same. */
const narrow: Plugin = {
  name: "narrow",
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle))
      if (part.type === "chunk")
        part.code = part.code.replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  },
};

export default defineConfig({
  root,
  publicDir: false,
  plugins: [narrow],
  ssr: { noExternal: true },
  build: {
    ssr: "src-core/lean-worker.ts",
    // Two workers may start at once: each makes a folder of its own, and one of them is kept.
    outDir: `dist/making-${process.pid}`,
    target: "node24",
    minify: "oxc",
    sourcemap: "hidden",
    rolldownOptions: {
      output: {
        format: "es",
        entryFileNames: "worker.mjs",
        chunkFileNames: "[name].mjs",
        minify: true,
      },
    },
  },
});
