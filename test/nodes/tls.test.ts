import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { NodeConfig } from "../../src-core/contract/config.ts";
import { createNodeHttp, type NodeHttp } from "../../src-core/nodes/http.ts";
import { type SelfSigned, selfSigned } from "../support/self-signed.ts";

interface Served {
  readonly url: string;
  readonly server: Server;
  /** Requests that arrived, with the key each one showed. */
  readonly keys: (string | undefined)[];
}

async function serve({ key, cert }: SelfSigned): Promise<Served> {
  const keys: (string | undefined)[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    keys.push(request.headers.authorization);
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, server, keys };
}

function client(url: string, certificate?: string): NodeHttp {
  const http = createNodeHttp({ node: "attic", url, key: "key-of-attic", certificate });
  onTestFinished(() => http.close());
  return http;
}

const ask = (http: NodeHttp) => http.fetchJson({ method: "GET", path: "/v1/models", headers: {} }, AbortSignal.timeout(5000));

/** Makes the system trust it, so that only what else is wrong with it shows. */
function trust({ cert }: SelfSigned): void {
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, cert]);
  onTestFinished(() => setDefaultCACertificates(before));
}

test("S-46, F06: a certificate that nobody vouches for is refused before the key is shown, and the words say how to pin it", async () => {
  const { url, keys } = await serve(selfSigned());
  expect(await ask(client(url))).toMatchObject({
    failure: { kind: "upstream-misconfigured", message: expect.stringMatching(/does not trust.*pin it.*fingerprint/) },
  });
  expect(keys).toEqual([]);
});

test("S-46: the pinned certificate is trusted, on every connection anew, and no other name or authority is asked", async () => {
  const pin = selfSigned({ name: "elsewhere.lan", days: -1 });
  const { url, server, keys } = await serve(pin);
  const http = client(url, pin.fingerprint);
  for (let turn = 0; turn < 3; turn++) {
    expect(await ask(http)).toEqual({ status: 200, body: {} });
    server.closeAllConnections();
  }
  expect(keys).toEqual(new Array(3).fill("Bearer key-of-attic"));
});

test("S-46, F06: a changed fingerprint is the node's to explain: nothing is sent, not even where an authority vouches for the new one", async () => {
  const other = selfSigned();
  trust(other);
  const { url, keys } = await serve(other);
  expect(await ask(client(url, selfSigned().fingerprint))).toMatchObject({
    failure: { kind: "upstream-misconfigured", message: expect.stringMatching(/another certificate.*nothing was sent.*fingerprint/) },
  });
  expect(keys).toEqual([]);
});

test.each([
  ["an expired one", { days: -1 }, /not valid today.*Renew/],
  ["one for another name", { name: "elsewhere.lan" }, /another name.*pin it/],
])("S-46, F06: %s is refused though its authority is trusted, in words of its own", async (_, flaw, words) => {
  const flawed = selfSigned(flaw);
  trust(flawed);
  const { url, keys } = await serve(flawed);
  expect(await ask(client(url))).toMatchObject({ failure: { kind: "upstream-misconfigured", message: expect.stringMatching(words) } });
  expect(keys).toEqual([]);
});

test("S-46: a sound certificate needs no pin", async () => {
  const sound = selfSigned();
  trust(sound);
  expect(await ask(client((await serve(sound)).url))).toEqual({ status: 200, body: {} });
});

const node = { id: "attic", kind: "ollama", url: "https://attic.lan" };
const { fingerprint } = selfSigned();

test.each([
  ["a fingerprint in lower case", { ...node, tls: { fingerprint: fingerprint.toLowerCase() } }, fingerprint],
  ["a fingerprint that is none", { ...node, tls: { fingerprint: "AB:CD" } }, undefined],
  ["SHA-1", { ...node, tls: { fingerprint: fingerprint.slice(0, 59) } }, undefined],
  ["a switch that would trust all", { ...node, tls: { fingerprint, rejectUnauthorized: false } }, undefined],
  ["a pin for plain http", { ...node, url: "http://attic.lan", tls: { fingerprint } }, undefined],
])("S-46: in the settings, %s", (_, written, read) => {
  expect(NodeConfig.safeParse(written).data?.tls?.fingerprint).toBe(read);
});
