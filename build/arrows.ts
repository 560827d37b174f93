// Who may import whom, as data (the table stands in ARCHITECTURE.md). A folder may import what its row lists and nothing else.
import type { IForbiddenRuleType } from "dependency-cruiser";

interface Arrow {
  readonly from: string;
  /** Files of the folder with a row of their own. */
  readonly except?: string;
  readonly may: readonly string[];
  readonly because: string;
}

const npm = (...names: readonly string[]) => `^node_modules/(?:${names.join("|")})/`;
const node = (...names: readonly string[]) => `^(?:node:)?(?:${names.join("|")})$`;
/** Any module of Node itself: the only resolved paths without a slash after an optional `node:` and without an extension. */
const anyNode = "^(?:node:)?[a-z_0-9]+(?:/promises)?$";
const core = (path: string) => `^src-core/${path}`;

export const arrows: readonly Arrow[] = [
  {
    from: core("contract/"),
    // Settings are checked as they are used: names are compared, and patterns judged, by the same rule that later runs them.
    may: [core("contract/"), core("domain/(?:names|linear-regex)\\.ts"), npm("zod")],
    because: "contract is the words everybody shares: it runs anywhere",
  },
  {
    from: core("domain/"),
    may: [core("domain/"), core("contract/"), npm("@cfworker/json-schema")],
    because: "domain decides; it does no I/O (the schema validator is a pure function)",
  },
  {
    from: core("dialects/"),
    // Model lists compare names as decisions do; that one rule lives in domain.
    may: [core("dialects/"), core("contract/"), core("domain/names\\.ts"), npm("zod", "eventsource-parser")],
    because: "dialects translate; they do no I/O",
  },
  {
    from: core("engine/"),
    except: core("engine/(?:clock\\.ts|observers/)"),
    may: [core("engine/"), core("domain/"), core("dialects/"), core("contract/"), npm("zod")],
    because: "the engine acts through its ports only: no sockets, no files, no nodes, no doors",
  },
  {
    from: core("engine/clock\\.ts"),
    may: [core("engine/"), core("contract/"), node("timers", "timers/promises", "perf_hooks")],
    because: "the clock is the only timer of the engine",
  },
  {
    from: core("engine/observers/"),
    may: [core("engine/"), core("domain/"), core("contract/"), npm("prom-client")],
    because: "observers turn facts into metrics, log lines and pushes",
  },
  {
    from: core("nodes/"),
    may: [
      core("nodes/"),
      core("contract/"),
      core("dialects/"),
      core("engine/(?:ports|exchange|nats-port)\\.ts"),
      npm("undici", "zod", "eventsource-parser", "bonjour-service"),
      anyNode,
    ],
    because: "an adapter knows its node and the ports, never the store",
  },
  {
    from: core("ingress/"),
    may: [core("ingress/"), core("engine/"), core("dialects/"), core("contract/"), npm("zod"), anyNode],
    because: "doors know the engine, never the nodes",
  },
  {
    from: core("simulator/"),
    may: [core("simulator/"), core("contract/"), core("engine/(?:ports|journal-port)\\.ts"), npm("zod", "yaml"), anyNode],
    because: "the simulator is the other end of the wire: it shares no code with what it tests",
  },
  {
    from: core("host/"),
    may: [
      core("host/"),
      core("contract/"),
      core("engine/(?:ports|clock|journal-port|nats-port)\\.ts"),
      npm("zod", "yaml", "conf", "electron-store", "@redis/client", "@nats-io"),
      anyNode,
    ],
    because: "host supplies the engine's ports from the machine",
  },
  {
    from: core("doctor/"),
    may: [
      core("doctor/"),
      core("contract/"),
      core("domain/"),
      core("dialects/"),
      core("engine/(?:ports|nats-port|frames)\\.ts"),
      core("host/(?:data-dir|nats-address)\\.ts"),
      npm("zod"),
      anyNode,
    ],
    because: "the doctor looks from beside: it asks through adapters and sockets, and never acts",
  },
  {
    from: core("import/"),
    may: [
      core("import/"),
      core("contract/"),
      core("domain/(?:linear-regex|names)\\.ts"),
      core("nodes/node-url\\.ts"),
      npm("zod", "yaml", "smol-toml"),
    ],
    because: "an import turns text into a document; files are the command's matter",
  },
  {
    from: "^electron/",
    except: "^electron/main\\.ts$",
    may: [
      "^electron/",
      core("(?:homeport|version)\\.ts"),
      core("engine/ports\\.ts"),
      core("(?:host|contract|simulator)/"),
      npm("electron", "electron-store", "zod"),
      anyNode,
    ],
    because: "the desktop root uses the engine's entry points and never the renderer",
  },
  {
    from: "^renderer/",
    may: [
      "^renderer/",
      core("contract/"),
      npm("react", "react-dom", "lucide-react", "uplot", "eventsource-parser", "zod", "@types/react", "@types/react-dom"),
    ],
    because: "the window knows the contract and itself",
  },
];

const confined: readonly IForbiddenRuleType[] = arrows.map((arrow) => ({
  name: `arrow-${arrow.from
    .replace(/[^a-z-]+/g, " ")
    .trim()
    .replaceAll(" ", "-")}`,
  comment: arrow.because,
  severity: "error",
  from: { path: arrow.from, ...(arrow.except === undefined ? {} : { pathNot: arrow.except }) },
  to: { pathNot: [...arrow.may] },
}));

/** Adapters in a file of their own kind; everything else in nodes/ is shared. */
const nodeKinds = "ollama|llama-server|lm-studio|vllm|llama-swap|neuron|cortex|homeport|openai-compatible|openai|anthropic|nats-worker";

/** The rules dependency-cruiser checks. */
export const rules: readonly IForbiddenRuleType[] = [
  ...confined,
  {
    name: "node-kinds-apart",
    comment: "one kind of node never imports another: shared code has a file of its own",
    severity: "error",
    from: { path: core(`nodes/(${nodeKinds})\\.ts$`) },
    to: { path: core(`nodes/(?:${nodeKinds})\\.ts$`), pathNot: core("nodes/$1\\.ts$") },
  },
  {
    name: "roots-are-not-imported",
    comment: "cli.ts and electron/main.ts are where parts meet; nothing imports them",
    severity: "error",
    from: { pathNot: "^test/" },
    to: { path: ["^src-core/cli\\.ts$", "^electron/main\\.ts$", "^electron/preload\\.ts$"] },
  },
  {
    name: "commands-belong-to-the-command-line",
    comment: "a command puts parts together, as cli.ts does; nothing else imports it",
    severity: "error",
    from: { pathNot: ["^test/", "^src-core/(?:cli|lean-worker)\\.ts$", "^src-core/commands/"] },
    to: { path: "^src-core/commands/" },
  },
  {
    name: "desktop-never-imports-the-window",
    comment: "the window is built apart and loaded as a page",
    severity: "error",
    from: { path: "^electron/" },
    to: { path: "^renderer/" },
  },
  {
    name: "product-never-imports-tests",
    comment: "test support stays in test/",
    severity: "error",
    from: { path: ["^src-core/", "^electron/", "^renderer/"] },
    to: { path: ["^test/", "^build/"] },
  },
  {
    name: "no-cycles",
    comment: "a cycle of values hides an initialisation order (types may refer to each other)",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "everything-resolves",
    comment: "an import that resolves to nothing is checked by nobody",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];
