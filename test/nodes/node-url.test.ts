// The address policy as tables: every spelling by which a forbidden address has been smuggled past a check somewhere.
import { describe, expect, test } from "vitest";
import { identityOf, isForbiddenAddress, parseNodeUrl, placeOf, reportedAddress } from "../../src-core/nodes/node-url.ts";

const isAllowed = (url: string): boolean => !("failure" in parseNodeUrl(url));

describe("S-40: only http and https addresses without user, query or fragment", () => {
  test.each([
    "ftp://studio.lan",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://user@studio.lan",
    "http://user:secret@studio.lan",
    "http://studio.lan/?a=b",
    "http://studio.lan/#a",
    "studio.lan:11434",
    "http://",
    "//studio.lan",
    "",
  ])("refused: %j", (url) => expect(isAllowed(url)).toBe(false));

  test("the message never repeats a password", () => {
    expect(JSON.stringify(parseNodeUrl("http://user:hunter2@studio.lan"))).not.toContain("hunter2");
  });
});

describe("S-41: link-local, metadata, multicast, broadcast and unspecified addresses in every spelling", () => {
  test.each([
    "http://169.254.169.254",
    "http://169.254.1.1:11434",
    "http://169.254.169.254.",
    "http://2852039166",
    "http://0xa9fea9fe",
    "http://0xa9.0xfe.0xa9.0xfe",
    "http://0251.0376.0251.0376",
    "http://169.254.43518",
    "http://[::ffff:169.254.169.254]",
    "http://[::ffff:a9fe:a9fe]",
    "http://[64:ff9b::169.254.169.254]",
    "http://[64:ff9b::a9fe:a9fe]",
    "http://100.100.100.200",
    "http://[fd00:ec2::254]",
    "http://[fe80::1]",
    "http://[febf::1]",
    "http://[ff02::1]",
    "http://224.0.0.251",
    "http://239.255.255.250",
    "http://255.255.255.255",
    "http://240.0.0.1",
    "http://0.0.0.0:11434",
    "http://0:11434",
    "http://[::]:11434",
    "http://[::ffff:0.0.0.0]",
    "http://１６９.254.169.254",
  ])("refused: %s", (url) => expect(isAllowed(url)).toBe(false));

  test.each([
    "http://127.0.0.1:11434",
    "http://127.1:11434",
    "http://localhost:11434",
    "http://[::1]:11434",
    "http://[::ffff:127.0.0.1]:8080",
    "http://10.0.0.7:8080",
    "http://172.16.4.4",
    "http://192.168.1.20:1234",
    "http://100.64.3.9:11434",
    "http://100.100.100.201",
    "http://[fd12::20]:11434",
    "http://[2001:db8::1]",
    "http://studio.lan:11434",
    "https://api.example.com/v1",
    "http://bücher.lan",
    "HTTP://STUDIO.LAN",
  ])("allowed: %s", (url) => expect(isAllowed(url)).toBe(true));

  test("a zone does not hide a link-local address", () => expect(isForbiddenAddress("fe80::1%eth0")).toBe(true));
  test("a name is not an address: it is checked where it leads", () => expect(isForbiddenAddress("metadata.internal")).toBe(false));
});

test.each([
  ["http://127.0.0.1:1", "this-machine"],
  ["http://localhost:1", "this-machine"],
  ["http://gpu.localhost", "this-machine"],
  ["http://[::1]:1", "this-machine"],
  ["http://[::ffff:127.0.0.1]", "this-machine"],
  ["http://192.168.1.2", "lan"],
  ["http://10.1.2.3", "lan"],
  ["http://100.64.0.9", "lan"],
  ["http://[fd00::5]", "lan"],
  ["http://studio:11434", "lan"],
  ["http://studio.local", "lan"],
  ["http://attic.tail1234.ts.net", "lan"],
  ["https://api.example.com", "cloud"],
  ["http://8.8.8.8", "cloud"],
  ["nonsense", "cloud"],
] as const)("where %s is, as far as the address tells: %s", (url, place) => expect(placeOf(url)).toBe(place));

describe("S-43: a loopback address told by a remote node means that node", () => {
  const remote = parseNodeUrl("http://attic.lan:13131");
  if ("failure" in remote) throw new Error("a plain address was refused");

  test.each([
    ["http://127.0.0.1:8081", "http://attic.lan:8081"],
    ["http://localhost:8081/v1", "http://attic.lan:8081/v1"],
    ["http://[::1]:8081", "http://attic.lan:8081"],
    ["http://0.0.0.0:8081", "http://attic.lan:8081"],
    ["http://[::]:8081", "http://attic.lan:8081"],
    ["http://127.8.8.8:8081", "http://attic.lan:8081"],
    ["http://192.168.1.9:8081", "http://192.168.1.9:8081"],
  ])("%s → %s", (reported, expected) => expect(reportedAddress(reported, remote)).toBe(expected));

  test.each(["http://169.254.169.254", "ftp://attic", "not an address", "http://u:p@attic.lan"])("never dialled: %s", (reported) =>
    expect(reportedAddress(reported, remote)).toBeUndefined(),
  );
});

test.each([
  ["127.0.0.1", "127.0.0.1:11434"],
  ["::1", "127.0.0.1:11434"],
  ["::ffff:127.0.0.1", "127.0.0.1:11434"],
  ["::ffff:192.168.1.5", "192.168.1.5:11434"],
  ["192.168.1.5", "192.168.1.5:11434"],
])("F39: one server has one identity, reached as %s", (address, identity) => expect(identityOf(address, 11434)).toBe(identity));
