// What the packages are made of. Rule: every fuse that turns the app into a general Node or a general browser is blown (S-57).
import type { Configuration } from "electron-builder";

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

/** electron-builder's configuration. `electronDist` is the unpacked Electron of this machine, so that nothing is fetched twice. */
export function packaging(electronDist?: string): Configuration {
  return {
    appId: "dev.homeport.app",
    productName: "Homeport",
    copyright: "MIT licence, the Homeport authors",
    directories: { output: "release", buildResources: "build" },
    files: ["dist/**", "package.json", "LICENSE*"],
    asar: true,
    electronFuses: fuses,
    electronLanguages: ["en-US"],
    npmRebuild: false,
    publish: null,
    ...(electronDist === undefined ? {} : { electronDist }),
    // Debian and RPM packages must name a page and a person.
    extraMetadata: { homepage: "https://homeport.invalid/", author: "The Homeport authors <authors@homeport.invalid>" },
    linux: {
      target: ["AppImage", "deb", "rpm"],
      category: "Network",
      executableName: "homeport",
      synopsis: "One localhost port for every model in your home",
    },
    mac: {
      target: ["dmg", "zip"],
      category: "public.app-category.developer-tools",
      hardenedRuntime: true,
      entitlements: "build/entitlements.mac.plist",
      entitlementsInherit: "build/entitlements.mac.plist",
      extendInfo: {
        // A tray app: no dock icon of its own.
        LSUIElement: true,
        NSLocalNetworkUsageDescription:
          "Homeport talks to the model servers on your own network: it asks them what they have loaded and passes requests on.",
      },
    },
    win: { target: ["nsis"] },
    nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
  };
}
