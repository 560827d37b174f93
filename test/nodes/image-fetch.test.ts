// Pictures from addresses that strangers name: which addresses are never dialled, whatever they are called, and which answers are no pictures.
import { describe, expect, it } from "vitest";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { FetchedImage } from "../../src-core/engine/ports.ts";
import type { Resolve } from "../../src-core/nodes/guarded-lookup.ts";
import { createImageFetcher } from "../../src-core/nodes/image-fetch.ts";
import { gif, jpeg, png, sends, servePictures, webp } from "../support/pictures.ts";

const never = new AbortController().signal;
const fetchFrom = (url: string, allowPrivate: boolean, resolve?: Resolve) =>
  createImageFetcher({ resolve }).fetch(url, allowPrivate, never);

function refusalOf(outcome: FetchedImage | { readonly failure: Failure }): string {
  if (!("failure" in outcome)) throw new Error("A picture came.");
  expect(outcome.failure.kind).toBe("invalid-request");
  return outcome.failure.message;
}

/** Every name leads to these addresses, one after the other. */
function leadsTo(...addresses: string[]): Resolve {
  return (_host, _options, callback) => {
    const address = addresses.shift() ?? "";
    callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
  };
}

describe("S-40: http or https, without a user", () => {
  it.each([
    "file:///etc/passwd",
    "ftp://pictures.example/a.png",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "http://",
    "not an address",
    "http://user@pictures.example/a.png",
    "http://user:hunter2@pictures.example/a.png",
  ])("%s is refused, and no password repeated", async (url) => {
    expect(refusalOf(await fetchFrom(url, true))).not.toContain("hunter2");
  });
});

/** Never dialled, also where the house's own addresses may be. */
const always = [
  "169.254.169.254",
  "169.254.1.1",
  "100.100.100.200",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "fe80::1",
  "ff02::1",
  "fd00:ec2::254",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
];
/** The house's own: only where the settings say so. */
const ofTheHouse = [
  "127.0.0.1",
  "127.8.9.1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "198.18.0.1",
  "::1",
  "fd12::1",
  "fec0::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
];
const asHost = (address: string) => (address.includes(":") ? `[${address}]` : address);

describe("S-41: addresses that are never dialled on a stranger's word", () => {
  it.each(always)("%s, as a number and behind a name, whatever the settings", async (address) => {
    for (const allowPrivate of [false, true]) {
      expect(refusalOf(await fetchFrom(`http://${asHost(address)}/a.png`, allowPrivate))).toContain("does not fetch");
      expect(refusalOf(await fetchFrom("http://pictures.example/a.png", allowPrivate, leadsTo(address)))).toContain("does not fetch");
    }
  });

  it.each(ofTheHouse)("%s, unless the settings allow it", async (address) => {
    expect(refusalOf(await fetchFrom(`http://${asHost(address)}/a.png`, false))).toContain("does not fetch");
    const told = refusalOf(await fetchFrom("http://pictures.example/a.png", false, leadsTo(address)));
    expect(told).toContain("does not fetch");
    expect(told).not.toContain(address);
  });

  it.each(["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://localhost/", "http://127.0.0.1./"])(
    "%s is this machine in another spelling",
    async (url) => {
      expect(refusalOf(await fetchFrom(url, false))).toContain("does not fetch");
    },
  );
});

describe("S-42: a name is checked where it leads at the moment of connecting", () => {
  it("one that led to a picture and then to a metadata address is refused the second time", async () => {
    const server = await servePictures(sends(png, "image/png"));
    const fetcher = createImageFetcher({ resolve: leadsTo("127.0.0.1", "169.254.169.254") });
    const url = `http://pictures.example:${server.port}/a.png?token=secret`;
    expect(await fetcher.fetch(url, true, never)).toMatchObject({ mediaType: "image/png", bytes: png });
    const told = refusalOf(await fetcher.fetch(url, true, never));
    expect(told).toContain(`pictures.example:${server.port}`);
    expect(told).not.toContain("secret");
    expect(server.asked.length).toBe(1);
  });

  it("a redirect is another address, and is not followed", async () => {
    const target = await servePictures(sends(png, "image/png"));
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await servePictures((_asked, response) => response.writeHead(status, { location: target.url }).end());
      expect(refusalOf(await fetchFrom(server.url, true))).toContain("redirect");
    }
    expect(target.asked.length).toBe(0);
  });
});

describe("only a picture is taken", () => {
  it.each([
    ["image/png", png],
    ["image/jpeg", jpeg],
    ["image/gif", gif],
    ["image/webp", webp],
  ])("%s", async (mediaType, picture) => {
    const server = await servePictures(sends(picture, `${mediaType}; charset=binary`));
    expect(await fetchFrom(`${server.url}/a?b=c`, true)).toMatchObject({ mediaType, bytes: picture });
    const [asked] = server.asked;
    expect([asked?.url, asked?.headers["cookie"], asked?.headers["authorization"]]).toEqual(["/a?b=c", undefined, undefined]);
  });

  it.each([
    ["a page of text", "text/html", png],
    ["a drawing that could hold scripts", "image/svg+xml", Buffer.from("<svg/>")],
    ["bytes of another kind than told", "image/png", jpeg],
    ["bytes of no kind", "image/png", Buffer.from("hello")],
    ["nothing", "image/png", Buffer.alloc(0)],
  ])("%s is none", async (_what, type, bytes) => {
    const server = await servePictures(sends(bytes, type));
    refusalOf(await fetchFrom(server.url, true));
  });

  it.each([404, 500, 206, 204])("status %i is none", async (status) => {
    const server = await servePictures((_asked, response) => response.writeHead(status, { "content-type": "image/png" }).end());
    expect(refusalOf(await fetchFrom(server.url, true))).toContain(`status ${status}`);
  });

  it("more than 20 MiB are refused, by the length told before and by what really comes", async () => {
    const told = await servePictures((_asked, response) =>
      response.writeHead(200, { "content-type": "image/png", "content-length": 21 * 1024 * 1024 }).flushHeaders(),
    );
    expect(refusalOf(await fetchFrom(told.url, true))).toContain("20 MiB");
    const megabyte = Buffer.alloc(1024 * 1024);
    const endless = await servePictures((_asked, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      response.write(png);
      const more = (): void => void response.write(megabyte, (error) => (error == null ? more() : undefined));
      more();
    });
    expect(refusalOf(await fetchFrom(endless.url, true))).toContain("20 MiB");
  });

  it("a name that never resolves is given up too", async () => {
    const lost = createImageFetcher({ timeoutMs: 50, resolve: () => undefined });
    expect(refusalOf(await lost.fetch("http://pictures.example/a.png", false, never))).toContain("did not come within");
  });

  it("a server that never answers is given up, and so is one that nobody waits for any more", async () => {
    const silent = await servePictures(() => undefined);
    const quick = createImageFetcher({ timeoutMs: 50 });
    expect(refusalOf(await quick.fetch(silent.url, true, never))).toContain("did not come within");
    const leaving = new AbortController();
    const gone = Promise.withResolvers<void>();
    const waited = await servePictures((asked) => {
      asked.once("close", () => gone.resolve());
      leaving.abort();
    });
    refusalOf(await createImageFetcher().fetch(waited.url, true, leaving.signal));
    await gone.promise;
  });
});
