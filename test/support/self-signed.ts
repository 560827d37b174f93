// A certificate that a server made itself, built by hand: Node can read certificates but makes none, and a test must not wait for openssl.
import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** A key and its certificate, as `https.createServer` takes them. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** As a browser or openssl shows it: SHA-256, upper case, with colons. */
  readonly fingerprint: string;
}

const oid = {
  commonName: Buffer.from("0603550403", "hex"),
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
} as const;

/** One DER value: its tag, the length of its contents, and these. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const bits = (value: Buffer): Buffer => der(0x03, Buffer.from([0]), value);
const instant = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));

const dayMs = 86_400_000;

interface Wish {
  /** How long it is still valid; below zero: how long ago that ended. */
  readonly days?: number;
  /** A host, or "" for 127.0.0.1. */
  readonly name?: string;
  /** An authority that signs it instead of itself: one made here with that name. */
  readonly by?: { readonly name: string; readonly key: string };
}

export function selfSigned({ days = 30, name = "", by }: Wish = {}): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const called = (who: string) => sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from(who)))));
  const whoever = called(name || "node");
  const names = name === "" ? der(0x87, Buffer.from([127, 0, 0, 1])) : der(0x82, Buffer.from(name));
  const extensions = sequence(
    sequence(oid.basicConstraints, der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
    sequence(oid.subjectAltName, der(0x04, sequence(names))),
  );
  const algorithm = sequence(oid.ecdsaWithSha256);
  const end = Date.now() + days * dayMs;
  const told = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    by === undefined ? whoever : called(by.name),
    sequence(instant(new Date(end - 365 * dayMs)), instant(new Date(end))),
    whoever,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const whole = sequence(told, algorithm, bits(sign("sha256", told, by === undefined ? privateKey : by.key)));
  const hash = createHash("sha256").update(whole).digest("hex").toUpperCase();
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`,
    fingerprint: hash.match(/../g)?.join(":") ?? "",
  };
}
