// What a tailnet's command says, and what is believed of it. A stand-in for the command is run where one can be: it is a script on the PATH.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTailnet, tailnetOf } from "../../../src-core/nodes/finding/tailnet.ts";

const peer = (more: Readonly<Record<string, unknown>> = {}) => ({
  HostName: "Studio",
  DNSName: "studio.tail1234.ts.net.",
  OS: "linux",
  TailscaleIPs: ["100.80.1.7", "fd7a:115c:a1e0::7"],
  Online: true,
  ...more,
});
const status = (peers: readonly object[], state = "Running") =>
  JSON.stringify({
    Version: "1.90.6",
    BackendState: state,
    Self: peer({ HostName: "me", TailscaleIPs: ["100.80.1.1"] }),
    Peer: Object.fromEntries(peers.map((one, index) => [`nodekey:${index}`, one])),
  });

test("machines that are online are told by their tailnet address and name", () => {
  expect(tailnetOf(status([peer(), peer({ Online: false, DNSName: "off.tail1234.ts.net." })]))).toEqual({
    peers: [{ address: "100.80.1.7", name: "studio" }],
  });
});

test.each([
  ["a public address", { TailscaleIPs: ["8.8.8.8"] }],
  ["a metadata address (S-41)", { TailscaleIPs: ["169.254.169.254", "100.100.100.200"] }],
  ["loopback (S-43)", { TailscaleIPs: ["127.0.0.1"] }],
  ["a name for an address", { TailscaleIPs: ["evil.example"] }],
  ["no address", { TailscaleIPs: null }],
  ["a VPN company's exit node", { DNSName: "se-got-wg-001.mullvad.ts.net." }],
])("a machine with %s is left out", (_what, more) => {
  expect(tailnetOf(status([peer(more)]))).toEqual({ peers: [] });
});

test.each([
  [status([], "NeedsLogin"), "not logged in"],
  [status([], "Stopped"), "does not run"],
  ["{}", "does not understand"],
  ["<html>", "does not understand"],
])("what is wrong is said in words (%#)", (text, words) => {
  expect(tailnetOf(text)).toEqual({ says: expect.stringContaining(words) });
});

test("a tailnet alone, without peers, is empty and not an error", () => {
  expect(tailnetOf(JSON.stringify({ BackendState: "Running", Peer: null }))).toEqual({ peers: [] });
});

describe.skipIf(process.platform === "win32")("the command on the PATH", () => {
  let folder: string;
  const path = process.env["PATH"];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "homeport-tailscale-"));
    process.env["PATH"] = folder;
  });
  afterEach(async () => {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true, force: true });
  });

  async function installed(script: string): Promise<void> {
    await writeFile(join(folder, "tailscale"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "tailscale"), 0o755);
  }
  const never = new AbortController().signal;

  test("is asked for its state as JSON and nothing else", async () => {
    await installed(`[ "$*" = "status --json" ] || exit 9\n/bin/cat <<'END'\n${status([peer()])}\nEND`);
    expect(await readTailnet(never, ["tailscale"])).toEqual({ peers: [{ address: "100.80.1.7", name: "studio" }] });
  });

  test("absent, says so instead of finding nothing", async () => {
    expect(await readTailnet(never, ["tailscale"])).toEqual({ says: expect.stringContaining("was not found") });
  });

  test("stopped, it ends with a code and its state is still read", async () => {
    await installed(`echo '${status([], "Stopped")}'; exit 1`);
    expect(await readTailnet(never, ["tailscale"])).toEqual({ says: expect.stringContaining("does not run") });
  });

  test("failing, its own first words are told", async () => {
    await installed("echo 'failed to connect to local tailscaled' >&2; exit 1");
    expect(await readTailnet(never, ["tailscale"])).toEqual({ says: expect.stringContaining("failed to connect to local tailscaled") });
  });

  test("cancelled, does not hang on a command that does", async () => {
    await installed("exec /bin/sleep 600");
    const stopped = new AbortController();
    const asked = readTailnet(stopped.signal, ["tailscale"]);
    stopped.abort();
    expect(await asked).toHaveProperty("says");
  });
});
