// "connect snippets run for real": what the Connect page offers to copy is started as it stands, in a shell of its own, against a gateway.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { apps } from "../../renderer/connect/apps.ts";
import { type Facts, type KeyPlace, keyPlace } from "../../renderer/connect/snippet.ts";
import { startHome } from "../support/gateway.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const key = 'it\'s a "key" $HOME 7';

interface Door {
  readonly facts: Facts;
  readonly env: Readonly<Record<string, string>>;
}

/** A gateway whose key is in this place, and what the Connect page knows of it. */
async function door(place: KeyPlace["state"]): Promise<Door> {
  const folder = await mkdtemp(join(tmpdir(), "homeport connect-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "door key");
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  const ref = place === "env" ? { env: "DOOR" } : { file };
  const config = place === "open" ? {} : { gateway: { key: ref } };
  const env: Record<string, string> = place === "env" ? { DOOR: key } : {};
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "it's:tiny", warm: true, replyTokens: 3 }] } },
    config,
    env,
  });
  const { keyRequired } = home.homeport.snapshot().gateway;
  return { facts: { root: home.url, key: keyPlace(keyRequired, home.config.current()), model: "it's:tiny" }, env };
}

function snippet(facts: Facts, app: string, label: string): string {
  const found = apps
    .find(({ id }) => id === app)
    ?.snippets(facts)
    .find((one) => one.label === label);
  if (found === undefined) throw new Error(`There is no snippet ${label} of ${app}.`);
  return found.text;
}

/** Homeport's own environment, without what a developer's machine might say about these services. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(
    ([name]) => !/^(OPENAI|ANTHROPIC|OLLAMA|HTTPS?_PROXY|https?_proxy|ALL_PROXY|all_proxy)/.test(name),
  );
  return { ...Object.fromEntries(plain), ...more };
}

const inShell = async (text: string, env: Readonly<Record<string, string>>) =>
  (await run("sh", ["-euc", text], { cwd: root, env: environment(env) })).stdout;
const inNode = async (text: string, env: Readonly<Record<string, string>>) =>
  (await run(process.execPath, ["--input-type=module", "-e", text], { cwd: root, env: environment(env) })).stdout.trim();

const places = ["open", "env", "file"] as const;

it.each(places)("ux 7: curl's line is answered as it stands, key %s", async (place) => {
  const { facts, env } = await door(place);
  const said: unknown = JSON.parse(await inShell(snippet(facts, "curl", "macOS, Linux"), env));
  expect(said).toMatchObject({ object: "chat.completion", model: "it's:tiny", choices: [{ message: { role: "assistant" } }] });
});

it.each(places.flatMap((place) => (["openai", "anthropic", "ollama"] as const).map((app) => [app, place] as const)))(
  "ux 7: the program for %s's library prints an answer as it stands, key %s",
  async (app, place) => {
    const { facts, env } = await door(place);
    expect(await inNode(snippet(facts, app, "JavaScript"), env)).not.toBe("");
  },
);

it.each(places)("ux 7: the variables alone lead OpenAI's library here, key %s", async (place) => {
  const { facts, env } = await door(place);
  const program = `import OpenAI from "openai"; const list = await new OpenAI().models.list(); console.log(list.data.map(({ id }) => id).join());`;
  const started = `${snippet(facts, "openai", "macOS, Linux")}\n"${process.execPath}" --input-type=module -e '${program}'`;
  expect((await inShell(started, env)).trim()).toBe("it's:tiny");
});

it.each(places)(
  "ux 7: what is set for Claude Code leads Anthropic's library here with the token, and every model is ours, key %s",
  async (place) => {
    const { facts, env } = await door(place);
    const folder = await mkdtemp(join(tmpdir(), "homeport-claude-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    // Stands in for the program of this name: asks each of the models it was given, the way its library reads the variables.
    const program = `import Anthropic from "@anthropic-ai/sdk";
    const { ANTHROPIC_MODEL, ANTHROPIC_DEFAULT_OPUS_MODEL, ANTHROPIC_DEFAULT_SONNET_MODEL, ANTHROPIC_DEFAULT_HAIKU_MODEL, ANTHROPIC_API_KEY } = process.env;
    if (ANTHROPIC_API_KEY !== undefined) throw new Error("Two keys at once.");
    const client = new Anthropic({ timeout: Number(process.env.API_TIMEOUT_MS) });
    for (const model of [ANTHROPIC_MODEL, ANTHROPIC_DEFAULT_OPUS_MODEL, ANTHROPIC_DEFAULT_SONNET_MODEL, ANTHROPIC_DEFAULT_HAIKU_MODEL]) {
      const answer = await client.messages.create({ model, max_tokens: 16, messages: [{ role: "user", content: "Hi." }] });
      console.log(answer.model);
    }`;
    const claude = join(folder, "claude");
    await writeFile(claude, `#!/bin/sh\nexec "${process.execPath}" --input-type=module -e '${program}'\n`);
    await chmod(claude, 0o700);
    const path = [folder, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
    const told = await inShell(snippet(facts, "claude-code", "macOS, Linux"), { ...env, ANTHROPIC_API_KEY: "of-the-service", PATH: path });
    expect(told.trim().split("\n")).toEqual(Array.from({ length: 4 }, () => "it's:tiny"));
  },
);

it("Python's snippets are Python, whatever stands in a model's name or a path", async () => {
  const facts = (key: KeyPlace): Facts => ({ root: "http://127.0.0.1:4663", key, model: `it's "tiny"` });
  const says = "It is kept.";
  const keys: readonly KeyPlace[] = [
    { state: "open" },
    { state: "env", name: "DOOR", says },
    { state: "file", path: '/home/it\'s "me"/key', says },
    { state: "elsewhere", says },
  ];
  const texts = keys.flatMap((one) => ["openai", "anthropic", "ollama"].map((app) => snippet(facts(one), app, "Python")));
  await run("python3", ["-c", "import ast, json, sys\nfor text in json.loads(sys.argv[1]): ast.parse(text)", JSON.stringify(texts)]);
});
