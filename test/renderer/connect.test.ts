import { expect, test } from "vitest";
import { apps, matchesApp } from "../../renderer/connect/apps.ts";
import { choicesOf } from "../../renderer/connect/choices.ts";
import { placesSay } from "../../renderer/connect/places.ts";
import { type Facts, keyPlace, keySays, shellWord } from "../../renderer/connect/snippet.ts";
import { verdictWords } from "../../renderer/connect/verdict-words.ts";
import { words } from "../../renderer/language/words.ts";
import { Config } from "../../src-core/contract/config.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";

const facts: Facts = { root: "http://127.0.0.1:4711", key: { state: "open" }, model: "qwen3:8b" };
const kept = { ...facts, key: keyPlace(true, Config.parse({ gateway: { key: { store: "door" } } })) };
const textOf = (id: string, told: Facts) =>
  apps
    .find((app) => app.id === id)
    ?.snippets(told)
    .map(({ text }) => text)
    .join("\n") ?? "";

test("ux 7: every app that people asked for is there", () => {
  const names = apps.map(({ id }) => words.connect.apps[id].name).join();
  for (const name of ["OpenAI", "Claude Code", "Cursor", "Continue", "Zed", "Cline", "Open WebUI", "Ollama", "curl"])
    expect(names).toContain(name);
});

test("UX-31: every snippet has the live port; a copied line of yesterday's port would lead nowhere", () => {
  for (const { id, snippets } of apps) {
    for (const { label, text } of snippets(facts)) expect(text, `${id}, ${label}`).toContain(":4711");
    expect(
      snippets({ ...facts, root: "http://127.0.0.1:80" })
        .map(({ text }) => text)
        .join(),
    ).not.toContain("4711");
  }
});

test("ux 7: OpenAI's address ends in /v1 and Claude Code's does not", () => {
  expect(textOf("openai", facts)).toContain("OPENAI_BASE_URL=http://127.0.0.1:4711/v1");
  expect(textOf("claude-code", facts)).toMatch(/ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:4711$/m);
  for (const name of ["OPUS", "SONNET", "HAIKU"])
    expect(textOf("claude-code", facts)).toContain(`ANTHROPIC_DEFAULT_${name}_MODEL=qwen3:8b`);
  expect(textOf("claude-code", facts)).toContain("unset ANTHROPIC_API_KEY");
});

test("ux 7: Cursor, whose servers make the call, gets plain words and no snippet that cannot work", () => {
  const cursor = apps.find(({ id }) => id === "cursor");
  expect([cursor?.dialect, cursor?.snippets(facts)]).toEqual([undefined, []]);
  expect(cursor?.notes(facts).join(" ")).toMatch(/cannot reach 127\.0\.0\.1/);
});

test("ux 7: a container is given the host's name, not its own 127.0.0.1", () => {
  expect(textOf("open-webui", facts)).toContain("OLLAMA_BASE_URL=http://host.docker.internal:4711");
  expect(textOf("open-webui", facts)).toContain("OPENAI_API_BASE_URL=http://host.docker.internal:4711/v1");
});

test("S-56: a key in the desktop's store is named by its place, and a word to replace stands in every snippet that needs one", () => {
  expect(keySays(kept.key)).toBe('The gateway asks for a key. It is kept in "door" in the key store. Homeport never shows it.');
  for (const id of ["curl", "openai", "anthropic", "claude-code", "ollama", "open-webui", "continue", "cline", "other"])
    expect(textOf(id, kept), id).toContain("YOUR-KEY");
});

test("UX-31: turning the key on changes the snippets at once; Ollama's command line, which can send none, is not offered then", () => {
  expect(textOf("ollama", facts)).toContain("ollama run");
  expect(textOf("ollama", kept)).not.toContain("ollama run");
});

test("keys of several clients: which one is the reader's choice", () => {
  const clients = [
    { name: "desk", key: { env: "A" } },
    { name: "bot", key: { env: "B" } },
    { name: "old", key: { env: "C" }, enabled: false },
  ];
  expect(keyPlace(true, Config.parse({ clients }))).toEqual({ state: "elsewhere", says: "Each app has a key of its own: desk, bot." });
  expect(keyPlace(true, Config.parse({ clients: clients.slice(1) }))).toMatchObject({ state: "env", name: "B" });
});

test("a model's name is one word of the shell, whatever is in it", () => {
  expect(shellWord("org/qwen3:8b")).toBe("org/qwen3:8b");
  expect(shellWord("it's; rm -rf $HOME")).toBe(`'it'\\''s; rm -rf $HOME'`);
  expect(shellWord("")).toBe("''");
});

test("models that are in memory come first, each once, and one that only makes vectors is no partner for a chat", () => {
  const fleet = aFleet([
    aNode("a", [aModel("b-cold"), aModel("both"), aModel("nomic-embed-text", "warm"), aModel("rank", "warm", { can: ["rerank"] })]),
    aNode("b", [aModel("both", "warm"), aModel("a-cold")]),
    aNode("far", [aModel("gpt", "warm"), aModel("both", "warm")], { place: "cloud" }),
  ]);
  expect(choicesOf(fleet)).toEqual([
    { name: "both", readiness: "warm" },
    { name: "a-cold", readiness: "cold" },
    { name: "b-cold", readiness: "cold" },
    { name: "gpt", readiness: "cloud" },
  ]);
});

test("where the app runs decides what is to do: a gateway for this computer alone says that it has to listen wider", () => {
  const near = placesSay("http://127.0.0.1:4711", true)
    .flatMap(([, says]) => says)
    .join(" ");
  expect(near).toContain("listens for this computer alone");
  expect(near).toContain("ssh -L 4711:127.0.0.1:4711");
  expect(
    placesSay("http://127.0.0.1:4711", false)
      .flatMap(([, says]) => says)
      .join(" "),
  ).not.toContain("alone");
});

test("UX-32: the verdict says cold or warm, and never a time that was not measured", () => {
  const name = (id: string) => id.toUpperCase();
  const answered = { state: "answered", model: "m", node: NodeId.parse("a"), firstByteMs: 41.4, totalMs: 66, headers: {} } as const;
  expect(verdictWords(answered, name).says).toBe(
    "m on A answered: first byte after 41 ms, all of it after 66 ms. It was in memory already.",
  );
  expect(verdictWords({ ...answered, coldLoadMs: 8_200 }, name).says).toContain("It was loaded first, which took 8.2 s.");
  expect(verdictWords({ state: "refused", model: "m", says: "No.", headers: {} }, name)).toMatchObject({ tone: "bad", title: "No answer" });
  expect(verdictWords({ state: "refused", model: "m", status: 401, says: "No.", headers: {} }, name).title).toBe("Refused (401)");
});

test("the search knows an app by any of its words", () => {
  const found = (wanted: string) => apps.filter((app) => matchesApp(app, wanted)).map(({ id }) => id);
  expect(found("python")).toEqual(["openai", "anthropic"]);
  expect(found("open webui")).toEqual(["open-webui"]);
  expect(found("")).toHaveLength(apps.length);
});
