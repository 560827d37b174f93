// `node build/run.mjs SCRIPT …`: sets up what a fresh clone lacks, then runs a TypeScript script on the pinned Node.
await import("./setup.mjs");
const { runPinned } = await import("./pinned-node.mjs");
const [script, ...args] = process.argv.slice(2);
runPinned(script, args);
