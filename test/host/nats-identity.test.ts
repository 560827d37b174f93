// S-90: encryption and identity on a real server: an authority of one's own, credentials files, and who is turned away with which words.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { NatsAddress } from "../../src-core/engine/nats-port.ts";
import { operatorHouse } from "../support/nats-credentials.ts";
import { openLink, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { selfSigned } from "../support/self-signed.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "homeport-tls-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A server that shows a certificate signed by an authority of this house. */
async function encrypted(leaf: Parameters<typeof selfSigned>[0] = {}) {
  const name = "Home CA";
  const authority = selfSigned({ name });
  const { key, cert } = selfSigned({ ...leaf, by: { name, key: authority.key } });
  const at = folder();
  writeFileSync(join(at, "cert.pem"), cert);
  writeFileSync(join(at, "key.pem"), key, { mode: 0o600 });
  const config = `tls { cert_file: ${JSON.stringify(join(at, "cert.pem"))}, key_file: ${JSON.stringify(join(at, "key.pem"))} }`;
  const server = await startNatsServer({ config });
  return { ca: authority.cert, url: `tls://127.0.0.1:${server.port}`, plainUrl: server.url };
}

const said = async (address: NatsAddress) => {
  const link = openLink(address, "someone");
  const { because, needsPerson } = await untilState(link, "away");
  return { says: because.message, needsPerson, kind: because.kind };
};

describe.skipIf(natsMissing !== undefined)("S-90: TLS to NATS", () => {
  it("with the authority of the house the line is encrypted, and carries what it carries otherwise", async () => {
    const { ca, url } = await encrypted();
    const link = openLink({ url, ca }, "someone");
    await untilState(link, "connected");
    link.subscribe("echo", (message) => message.respond(message.data));
    const answer = await link.request("echo", new TextEncoder().encode("hello"), 5_000);
    expect("data" in answer && new TextDecoder().decode(answer.data)).toBe("hello");
  });

  it.each([
    ["an authority that is not the one", () => selfSigned({ name: "Home CA" }).cert],
    ["no authority of its own, since nobody in the world knows this one", () => undefined],
  ])("with %s nothing is sent, and it is said which setting mends it", async (_, ca) => {
    const { url } = await encrypted();
    const { says, kind } = await said({ url, ca: ca() });
    expect(says).toContain("certificate");
    expect(says).toContain("authority");
    expect(kind).toBe("connect-failed");
  });

  it("a certificate for another name is refused", async () => {
    const { url, ca } = await encrypted({ name: "other.lan" });
    expect((await said({ url, ca })).says).toContain("for another name");
  });

  it("a certificate that ran out is refused", async () => {
    const { url, ca } = await encrypted({ days: -2 });
    expect((await said({ url, ca })).says).toContain("has run out");
  });

  it("an authority that is no certificate is said to be none, and waits for a person", async () => {
    const { url } = await encrypted();
    expect(await said({ url, ca: "hello" })).toMatchObject({ says: expect.stringContaining("no certificate"), needsPerson: true });
  });

  it("a server that wants TLS on loopback gets it although the address says nats://", async () => {
    const { plainUrl, ca } = await encrypted();
    expect((await untilState(openLink({ url: plainUrl, ca }, "someone"), "connected")).state).toBe("connected");
  });
});

describe.skipIf(natsMissing !== undefined)("S-90: a credentials file", () => {
  const known = async ({ expired = false } = {}) => {
    const house = operatorHouse({ expired });
    const server = await startNatsServer({ config: house.config, jetstream: false });
    return { ...house, url: server.url };
  };

  it("opens a server whose operator signed for its user", async () => {
    const { url, credentials } = await known();
    const link = openLink({ url, credentials: { env: "CREDS" } }, "someone", { env: { CREDS: credentials } });
    await untilState(link, "connected");
    link.subscribe("echo", (message) => message.respond(message.data));
    expect(await link.request("echo", new TextEncoder().encode("hi"), 5_000)).toHaveProperty("data");
  });

  it.each([
    ["of another house", () => operatorHouse().credentials],
    ["that ran out", undefined],
  ])("F70: one %s is refused in words, shown nowhere, and waits for a person", async (_, other) => {
    const { url, credentials } = await known({ expired: other === undefined });
    const text = other?.() ?? credentials;
    const link = openLink({ url, credentials: { env: "CREDS" } }, "someone", { env: { CREDS: text } });
    const { because } = await untilState(link, "away", ({ needsPerson }) => needsPerson);
    expect(because).toMatchObject({ kind: "upstream-misconfigured", message: expect.stringContaining("refused our credentials") });
    for (const line of text.split("\n").filter((one) => one.length > 40)) expect(because.message).not.toContain(line);
  });
});
