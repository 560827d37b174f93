// Imported before anything that loads zod: without this zod asks once whether code may be generated, and the strict CSP reports that question
// as a violation. The window parses nothing with zod; it only shares its types and the method table.
declare global {
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

globalThis.__zod_globalConfig = { ...globalThis.__zod_globalConfig, jitless: true };

export {};
