// The words of the window and of the desktop app stand in the places kept for them, and no others stand there.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { spokenFiles, spokenIn, spokenText } from "../../build/spoken-text.ts";
import { languageTexts } from "../../build/unread-text.ts";

const root = new URL("../../", import.meta.url);
const found = (text: string) => spokenIn("snippet.tsx", text).map((one) => one.text);

test.each([
  ["shown between tags", "<p>Ready</p>", "Ready"],
  ["shown by a choice", 'const x = <p>{on ? "ready" : off}</p>', "ready"],
  ["heard", '<button aria-label="close it" />', "close it"],
  ["heard by a choice", `<input title={\`\${x} is open\`} />`, "is open"],
  ["a sentence in code", 'const says = "It is not ready yet.";', "It is not ready yet."],
  ["one word with a capital", 'const label = "Settings";', "Settings"],
  ["around a figure", `const says = \`\${n} of them left\`;`, "of them left"],
  ["beside other things in a call", 'push({ tone: "ok", title: "Routing saved" });', "Routing saved"],
])("what a person reads is found: %s", (_, text, words) => {
  expect(found(text)).toContain(words);
});

test.each([
  ["imports", 'import { thing } from "./some thing.ts";'],
  ["class names", '<p className="hint small" id="one two" />'],
  ["classes chosen in code", 'const rowClass = on ? "row row-on" : "row";'],
  ["keys and kinds", 'const kind = "rate-limited"; if (key === "Escape") go("content-type");'],
  ["types", 'type Kind = "Up" | "Not up";'],
  ["names of members", 'const kinds = { "Not up": 1 }; kinds["Not up"];'],
  ["ids", `const command = { id: \`load \${node} \${model}\` };`],
  ["selectors", 'document.querySelector("main input[type=search]"); element.matches("input, select");'],
  ["what a bug throws", 'throw new Error("This is a bug, not a state");'],
  ["lines for the log", 'log.warn({ error }, bad ? "The window is gone." : "The window came back.");'],
  ["kinds of files", 'const types = { ".html": "text/html; charset=utf-8" };'],
  ["code to copy", "const command = code`ollama serve --now`;"],
])("what no person reads is let be: %s", (_, text) => {
  expect(found(text)).toEqual([]);
});

test("issue 6: no word for a person stands outside the places kept for them", () => {
  const files = spokenFiles(root);
  expect(files.length).toBeGreaterThan(200);
  expect(spokenText(files, root).map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([]);
});

test("every language's folder is one that can be chosen, none lies there unused", () => {
  const folders = readdirSync(new URL("renderer/language", root), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const chosen = ["words", "figures"].map((file) => readFileSync(new URL(`renderer/language/${file}.ts`, root), "utf8"));
  expect(folders.map(({ name }) => name)).toContain("en");
  for (const { name } of folders) {
    // That each text is there, and takes what the English takes, is the compiler's to say.
    for (const text of chosen) expect(text).toMatch(new RegExp(`from "\\./${name}/`));
  }
});

test("every text of the language is shown somewhere", { timeout: 120_000 }, () => {
  const texts = languageTexts(root);
  expect(texts.length).toBeGreaterThan(1_000);
  expect(texts.filter(({ isRead }) => !isRead).map(({ path }) => path)).toEqual([]);
});
