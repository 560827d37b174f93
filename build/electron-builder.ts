// What the packages are made of. Rule: every fuse that turns the app into a general Node or a general browser is blown (S-57), and no package
// switches Chromium's sandbox off (S-59).
import type { Configuration } from "electron-builder";
import { appId, linkScheme } from "../electron/app-id.ts";
import { ownTypes, webType } from "../src-core/nodes/finding/adverts.ts";

/** Electron's fuses, flipped in the packaged binary for good. */
export const fuses = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
} as const satisfies NonNullable<Configuration["electronFuses"]>;

const description = "One localhost port for every model in your home";

const linux: NonNullable<Configuration["linux"]> = {
  target: ["AppImage", "deb", "rpm"],
  icon: "build/icons/sizes",
  category: "Network",
  executableName: "homeport",
  synopsis: description,
  // The builder's own choice for AppImage is --no-sandbox.
  executableArgs: [],
  desktop: { entry: { StartupWMClass: "Homeport", Keywords: "AI;LLM;Ollama;gateway;models;" } },
};

const mac: NonNullable<Configuration["mac"]> = {
  target: ["dmg", "zip"],
  icon: "build/icons/icon.icns",
  category: "public.app-category.developer-tools",
  hardenedRuntime: true,
  entitlements: "build/entitlements.mac.plist",
  entitlementsInherit: "build/entitlements.mac.plist",
  extendInfo: {
    // A tray app: no dock icon of its own.
    LSUIElement: true,
    NSLocalNetworkUsageDescription:
      "Homeport talks to the model servers on your own network: it asks them what they have loaded and passes requests on.",
    // Without each type named here, macOS shows none of them to a search (P-08).
    NSBonjourServices: [...ownTypes, webType].map((type) => `_${type}._tcp`),
  },
};

/** electron-builder's configuration. `electronDist` is the unpacked Electron of this machine, so that nothing is fetched twice. */
export function packaging(electronDist?: string): Configuration {
  return {
    appId,
    productName: "Homeport",
    copyright: "MIT licence, Homeport contributors",
    directories: { output: "release", buildResources: "build" },
    files: ["dist/**", "package.json", "LICENSE*"],
    extraResources: ["licences.txt", "sbom.cdx.json"].map((name) => ({ from: `dist/${name}`, to: name })),
    asar: true,
    electronFuses: fuses,
    electronLanguages: ["en-US"],
    npmRebuild: false,
    publish: null,
    protocols: { name: "Homeport", schemes: [linkScheme] },
    ...(electronDist === undefined ? {} : { electronDist }),
    // Debian and RPM packages must name a page and a person.
    extraMetadata: { homepage: "https://homeport.invalid/", author: "The Homeport authors <authors@homeport.invalid>" },
    linux,
    mac,
    win: { target: ["nsis"], icon: "build/icons/icon.ico" },
    nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false, createStartMenuShortcut: true },
  };
}
