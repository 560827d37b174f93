// Checks the import arrows with dependency-cruiser, and that it saw the tree: green and blind must not look alike.
import { cruise } from "dependency-cruiser";
import { rules } from "./arrows.ts";

/** Fewer modules than this means the tool no longer understands our sources. */
const fewestModules = 40;

const cruised = await cruise(["src-core", "electron", "renderer", "build", "test"], {
  ruleSet: { forbidden: [...rules] },
  validate: true,
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
  exclude: { path: ["^test/fixtures/", "^dist/", "\\.css$"] },
  enhancedResolveOptions: {
    extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    exportsFields: ["exports"],
    conditionNames: ["import", "types"],
  },
});

if (typeof cruised.output === "string") throw new Error("dependency-cruiser answered with text where an object was asked for");
const { violations } = cruised.output.summary;
const own = cruised.output.modules.filter((module) => /^(?:src-core|electron|renderer|build|test)\//.test(module.source)).length;
for (const violation of violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}${violation.comment ? ` (${violation.comment})` : ""}`);
}
if (own < fewestModules) {
  console.error(`Only ${own} modules were cruised, fewer than ${fewestModules}: dependency-cruiser no longer sees the sources.`);
  process.exitCode = 1;
} else if (violations.length > 0) {
  console.error(`${violations.length} imports go against the arrows.`);
  process.exitCode = 1;
} else {
  console.log(`${own} modules keep to the arrows.`);
}
