// The settings as text, there and back, and the copy that is kept before all of them is replaced.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openConfigFile } from "../../src-core/host/config-file.ts";
import { openSettings } from "../../src-core/host/settings.ts";
import { confSettingsFile } from "../../src-core/host/settings-file.ts";
import { settingsText } from "../../src-core/host/settings-text.ts";
import { FakeClock } from "../support/fake-clock.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const document = { gateway: { port: 4700 }, nodes: [{ id: "a", kind: "ollama", url: "http://a.lan:11434", key: { env: "A_KEY" } }] };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "homeport-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

for (const format of ["json", "yaml"] as const) {
  it(`what is exported as ${format} comes back as it was`, () => {
    expect(settingsText.read(settingsText.write(document, format))).toEqual({ document, issues: [] });
  });
}

it("every mistake is told at its field and line, not only the first", () => {
  const read = settingsText.read('{\n  "gateway": { "prot": 1 },\n  "breaker": { "failures": 0 }\n}');
  expect("issues" in read ? read.issues : read).toMatchObject([
    { field: "gateway.prot", line: 2, says: expect.stringContaining('did you mean "port"') },
    { field: "breaker.failures", line: 3 },
  ]);
});

it("a text that is no document says so, and is nothing", () => {
  expect(settingsText.read('{ "gateway": ')).toMatchObject({ failure: { kind: "invalid-request" } });
  expect(settingsText.read("- a\n- b\n")).toMatchObject({ failure: { kind: "invalid-request" } });
});

it("R-26: before all settings are replaced, a copy stays beside them for its owner alone", () => {
  const data = folder();
  writeFileSync(join(data, "settings.json"), JSON.stringify(document));
  const settings = openSettings(confSettingsFile(data), { clock: new FakeClock(), log });
  const kept = settings.keepCopy("reset");
  const name = "name" in kept ? kept.name : "";
  expect(readdirSync(data)).toContain(name);
  expect(name).toMatch(/^settings\.before-reset-.*\.json$/);
  expect(JSON.parse(readFileSync(join(data, name), "utf8"))).toEqual(document);
  expect(statSync(join(data, name)).mode & 0o077).toBe(0);
  expect(settings.document()).toEqual(document);
});

it("a copy of a person's own file keeps its comments", () => {
  const data = folder();
  const text = "# mine\ngateway:\n  port: 4700 # chosen by hand\n";
  writeFileSync(join(data, "home.yaml"), text);
  const file = openConfigFile(join(data, "home.yaml"), { clock: new FakeClock() });
  if ("failure" in file) throw new Error(file.failure.message);
  onTestFinished(() => file.close());
  const kept = file.keepCopy("import");
  expect(readFileSync(join(data, "name" in kept ? kept.name : ""), "utf8")).toBe(text);
  expect(file.document()).toEqual({ gateway: { port: 4700 } });
});

it("where no copy can be kept, nothing may be replaced", () => {
  const data = folder();
  writeFileSync(join(data, "settings.json"), "{}");
  const settings = openSettings(confSettingsFile(data), { clock: new FakeClock(), log });
  rmSync(data, { recursive: true });
  expect(settings.keepCopy("reset")).toMatchObject({ failure: { message: expect.stringContaining("nothing was changed") } });
});
