// A unit for systemd or a plist for launchd that starts a worker as it was asked for. Only ever printed: whoever wants it puts it where it belongs.
import { BadUsage } from "./options.ts";

export interface UnitWish {
  readonly id: string;
  /** Absolute paths of Node and of the command line's file. */
  readonly node: string;
  readonly cli: string;
  /** The worker's options, without `--install-unit`. */
  readonly args: readonly string[];
}

/** The text; throws `BadUsage` for a system that is neither. */
export function unitFor(system: string, wish: UnitWish): string {
  if (system === "systemd") return systemdUnit(wish);
  if (system === "launchd") return launchdPlist(wish);
  throw new BadUsage(`--install-unit: expected systemd or launchd, got ${JSON.stringify(system)}.`);
}

function systemdUnit({ id, node, cli, args }: UnitWish): string {
  return `# Save as ~/.config/systemd/user/homeport-worker.service, then: systemctl --user enable --now homeport-worker
# (For one that runs without anybody signed in: loginctl enable-linger)
[Unit]
Description=Homeport worker ${id.replaceAll("%", "%%")}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${[node, cli, "worker", ...args].map(systemdWord).join(" ")}
Restart=always
RestartSec=5
TimeoutStopSec=45
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full

[Install]
WantedBy=default.target
`;
}

/** `%` and `$` mean something to systemd inside quotes too. */
function systemdWord(word: string): string {
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function launchdPlist({ id, node, cli, args }: UnitWish): string {
  const label = `homeport.worker.${id}`;
  const words = [node, cli, "worker", ...args].map((word) => `    <string>${xml(word)}</string>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Save as ~/Library/LaunchAgents/${xml(label)}.plist, then: launchctl bootstrap gui/$UID ~/Library/LaunchAgents/${xml(label)}.plist -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>5</integer>
  <key>ProcessType</key>
  <string>Background</string>
</dict>
</plist>
`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
