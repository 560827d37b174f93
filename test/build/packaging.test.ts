// The packages' configuration is checked without making one: electron-builder's own schema, and the fuses that matter.
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { fuses, packaging } from "../../build/electron-builder.ts";

/** electron-builder's own check, which sits in its library and has no public name. */
async function validate(config: unknown): Promise<void> {
  const fromBuilder = createRequire(createRequire(import.meta.url).resolve("electron-builder"));
  const library: { validateConfiguration: unknown } = fromBuilder("app-builder-lib/out/util/config/config.js");
  const { validateConfiguration } = library;
  if (typeof validateConfiguration !== "function") throw new Error("electron-builder moved its validator");
  await validateConfiguration(config, { isEnabled: false, add: () => {} });
}

test("electron-builder accepts the configuration, so that a typo does not wait for a release day to be found", async () => {
  await expect(validate(packaging())).resolves.toBeUndefined();
  await expect(validate(packaging("some/dist"))).resolves.toBeUndefined();
});

test("electron-builder's check bites: a field it does not know is refused", async () => {
  await expect(validate({ ...packaging(), electronFusses: {} })).rejects.toThrow(/electronFusses/);
});

test("the packaged app cannot be run as a general Node, be debugged by flag, or load code from outside its archive", () => {
  expect(fuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test("macOS is told why the app looks at the local network; without the sentence every node would be unreachable", () => {
  expect(packaging().mac?.extendInfo).toMatchObject({
    LSUIElement: true,
    NSLocalNetworkUsageDescription: expect.stringMatching(/network/),
  });
});
