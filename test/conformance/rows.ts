// The rows of the matrix: what a client of any dialect asks of a node of any dialect, and what has to come of it on both sides.
import { expect } from "vitest";
import type { StartOptions } from "../../src-core/simulator/node.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import type { Column } from "./columns.ts";
import type { Ask, Face, FaceKind, Heard, Row, Schema } from "./face.ts";
import { bodyIn, nodeWords } from "./node-words.ts";
import { Tap } from "./tap.ts";

const said = "The harbour keeps a quiet light.";
const oslo = { city: "Oslo" };
const bergen = { city: "Bergen", days: 3 };
const weather = "It is 21 degrees.";
const json = '{"city": "Oslo", "days": 3}';
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const can = ["completion", "tools", "vision", "thinking"] as const;

const place: Schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "number" } },
  required: ["city"],
  additionalProperties: false,
};
const tools: NonNullable<Ask["tools"]> = [{ name: "get_weather", description: "The weather of a city.", parameters: place }];

type Says = NonNullable<StartOptions["models"][number]["says"]>;

const model = (says: Says, name = "m") => ({ name, warm: true, capabilities: [...can], says });

/** One cell under test. */
export interface Cell {
  readonly kind: FaceKind;
  readonly column: Column;
}

interface Desk {
  readonly home: Home<"node">;
  readonly face: Face;
  readonly tap: Tap;
}

async function desk({ kind }: Cell, node: HomeNode, clock?: FakeClock): Promise<Desk> {
  const home = await startHome({ nodes: { node }, env: { NODE_KEY: "secret" }, ...(clock === undefined ? {} : { clock }) });
  const tap = new Tap();
  return { home, tap, face: kind.at(home.url, tap.fetch) };
}

const inference = /chat|generate|completions|messages|responses/;

function lastBody({ home }: Desk): Readonly<Record<string, unknown>> {
  const last = home.at("node").record.requests.findLast(({ method, path }) => method === "POST" && inference.test(path));
  return bodyIn(last?.body ?? Buffer.alloc(0));
}

/** The same asked whole and as a stream. */
async function bothWays({ face }: Desk, ask: Ask, check: (heard: Heard) => void): Promise<void> {
  check(await face.whole(ask));
  check(await face.stream({ ...ask, usage: true }));
}

/** The cell is what its name says: passthrough is no translation, and the other way round. */
function spoken({ kind, column }: Cell, { tap }: Desk): void {
  expect(tap.translated).toBe(kind.dialect === column.dialect ? null : `${kind.dialect} to ${column.dialect}`);
}

function counted({ input, output }: Heard): void {
  expect(input).toBeGreaterThan(0);
  expect(output).toBeGreaterThan(0);
}

async function plain(cell: Cell): Promise<void> {
  const at = await desk(cell, cell.column.node([model([said])]));
  const heard = await at.face.whole({ model: "m", text: "Hello?" });
  spoken(cell, at);
  expect(heard).toMatchObject({ text: said, thinking: "", calls: [], finish: cell.kind.finishes.stop });
  counted(heard);
}

async function stream(cell: Cell): Promise<void> {
  const at = await desk(cell, cell.column.node([model([said])]));
  const heard = await at.face.stream({ model: "m", text: "Hello?", usage: true });
  spoken(cell, at);
  expect(heard).toMatchObject({ text: said, thinking: "", calls: [], finish: cell.kind.finishes.stop });
  expect(heard.pieces).toBeGreaterThan(3);
  counted(heard);
  const unasked = await at.face.stream({ model: "m", text: "Hello?" });
  // Asked for upstream all the same, and left out again where the client did not ask.
  if (cell.kind.dialect === "openai") expect(unasked).toMatchObject({ text: said, input: undefined });
}

async function called(cell: Cell, calls: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const made = calls.map((given) => ({ name: "get_weather", arguments: given }));
  const at = await desk(cell, cell.column.node([model([{ calls: made }, weather])]));
  const ask: Ask = { model: "m", text: "How is the weather?", tools };
  const answers: Heard[] = [];
  await bothWays(at, ask, (heard) => answers.push(heard));
  const words = nodeWords[cell.column.dialect];
  expect(words.tools(lastBody(at))).toEqual([{ name: "get_weather", parameters: place }]);
  for (const heard of answers) {
    expect(heard.calls).toMatchObject(made);
    expect(heard.finish).toBe(cell.kind.finishes.calls);
    expect(new Set(heard.calls.map(({ id }) => id)).size).toBe(calls.length);
    counted(heard);
    const results = heard.calls.map((call, index) => ({ call, result: `${20 + index} degrees` }));
    await bothWays(at, { ...ask, called: results }, ({ text, finish }) =>
      expect([text, finish]).toEqual([weather, cell.kind.finishes.stop]),
    );
    const told = words.results(lastBody(at));
    expect(told.map(({ text }) => text)).toEqual(results.map(({ result }) => result));
    // Each to its own call, in order; Ollama may name the tool instead.
    expect(new Set(told.map(({ of }) => of)).size).toBe(cell.column.dialect === "ollama" ? 1 : calls.length);
  }
}

async function images(cell: Cell): Promise<void> {
  const at = await desk(cell, cell.column.node([model([said])]));
  await bothWays(at, { model: "m", text: "What is this?", image: png }, ({ text }) => {
    expect(text).toBe(said);
    expect(nodeWords[cell.column.dialect].images(lastBody(at))).toEqual([png]);
  });
}

async function reasoning(cell: Cell): Promise<void> {
  const thinking = "The sky is grey, but it does not rain.";
  const at = await desk(cell, cell.column.node([model([{ thinking, text: said }])]));
  await bothWays(at, { model: "m", text: "Think first.", thinks: true }, (heard) => {
    expect(heard).toMatchObject({ text: said, thinking, finish: cell.kind.finishes.stop });
    expect(nodeWords[cell.column.dialect].thinks(lastBody(at))).toBe(true);
  });
}

async function jsonSchema(cell: Cell): Promise<void> {
  for (const name of cell.column.schemaModels) {
    const at = await desk(cell, cell.column.node([model([json], name)]));
    await bothWays(at, { model: name, text: "Where to?", schema: place }, (heard) => {
      expect(JSON.parse(heard.text)).toEqual({ city: "Oslo", days: 3 });
      expect(heard).toMatchObject({ calls: [], finish: cell.kind.finishes.stop });
      expect(nodeWords[cell.column.dialect].schema(lastBody(at))).toMatchObject(place);
    });
  }
}

async function embeddings(cell: Cell): Promise<void> {
  const at = await desk(cell, cell.column.node([{ name: "vectors", warm: true, capabilities: ["embedding"] }]));
  const [one, two, again] = (await at.face.embed?.("vectors", ["a harbour", "a light", "a harbour"])) ?? [];
  spoken(cell, at);
  expect([one?.length, two?.length]).toEqual([64, 64]);
  expect(again).toEqual(one);
  expect(two).not.toEqual(one);
}

async function abort(cell: Cell): Promise<void> {
  const endless = { name: "m", warm: true, replyTokens: 100_000, tokensPerSecond: 200 };
  const at = await desk(cell, cell.column.node([endless]));
  let pieces = 0;
  const heard = at.face.stream({ model: "m", text: "Never end." }, (leave) => {
    pieces += 1;
    leave();
  });
  await heard.catch(() => undefined);
  const { record } = at.home.at("node");
  await record.until(() => record.requests.some(({ inference: asked, abortedAt }) => asked && abortedAt !== undefined));
  // Some clients still read what arrived with the first piece.
  expect(pieces).toBeLessThan(1000);
  expect(record.open).toBe(0);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function errorBeforeBytes(cell: Cell): Promise<void> {
  const { home, face } = await desk(cell, cell.column.node([model([said])]));
  const body = cell.column.refusal("the moon is in the way");
  home.at("node").fault({ fault: "status", status: 400, body }, { path: inference, method: "POST" });
  for (const ask of [face.whole({ model: "m", text: "Hello?" }), face.stream({ model: "m", text: "Hello?" })]) {
    const refusal = face.refusal(await failureOf(ask));
    expect(refusal).toMatchObject({ typed: true, status: 400, message: expect.stringContaining("the moon is in the way") });
  }
}

async function errorMidStream(cell: Cell): Promise<void> {
  const { home, face } = await desk(cell, cell.column.node([{ ...model([said]), tokensPerSecond: 100 }]));
  const broken: unknown[] = [];
  for (const fault of [{ fault: "drop-after", frames: 6 } as const, cell.column.dies]) {
    const clear = home.at("node").fault(fault, { path: inference, method: "POST", times: 1 });
    let text = 0;
    const failure = await failureOf(face.stream({ model: "m", text: "Hello?" }, () => (text += 1)));
    clear();
    expect(text).toBeGreaterThan(0);
    expect(failure).toBeInstanceOf(Error);
    broken.push(failure);
  }
  expect(broken).toHaveLength(2);
}

async function coldLoad(cell: Cell): Promise<void> {
  const clock = new FakeClock();
  const nodesOwn = new FakeClock();
  const slow = cell.column.slow({ ...model([said]), warm: false });
  const { home, face, tap } = await desk(cell, { ...slow, clock: nodesOwn }, clock);
  const heard = face.stream({ model: "m", text: "Hello?", usage: true });
  await home.happened(cell.column.waits);
  await nodesOwn.sleeping();
  clock.advance(16_000);
  nodesOwn.advance(16_000);
  await tap.until(cell.kind.sign, 1);
  expect(tap.text).not.toContain("harbour");
  clock.advance(10_000);
  await tap.until(cell.kind.sign, 2);
  nodesOwn.advance(4_000);
  expect(await heard).toMatchObject({ text: said, thinking: "", calls: [], finish: cell.kind.finishes.stop });
}

/** Why a node's dialect cannot do a row, whoever asks. */
export const impossible: Readonly<Partial<Record<Column["dialect"], Readonly<Partial<Record<Row, string>>>>>> = {
  anthropic: { embeddings: "Anthropic's dialect has no embeddings" },
  responses: { embeddings: "Responses are a dialect of talking; OpenAI's embeddings are a route of their own" },
};

export const checks: Readonly<Record<Row, (cell: Cell) => Promise<void>>> = {
  plain,
  stream,
  tools: (cell) => called(cell, [oslo]),
  "parallel tools": (cell) => called(cell, [oslo, bergen]),
  images,
  reasoning,
  "json schema": jsonSchema,
  embeddings,
  abort,
  "error before bytes": errorBeforeBytes,
  "error mid-stream": errorMidStream,
  "cold load of 20 s": coldLoad,
};
