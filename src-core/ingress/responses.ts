// `/v1/responses` at the door: what a request refers to by id (the answer before it, an item of one) is put in its place, so that nodes, which
// remember nothing, never see an id; what is answered is kept for the next one, unless the client says no.
import { type Failure, fail } from "../contract/failure.ts";
import type { InferenceRoute } from "../dialects/facts.ts";
import { childNamed } from "../dialects/json-children.ts";
import { withoutText } from "../dialects/json-scan.ts";
import { replaceSpan } from "../dialects/model-name.ts";
import { field, isObject, type JsonObject, listIn, parsed, textIn } from "../dialects/shapes.ts";
import { countTokens } from "../dialects/token-count.ts";
import type { InferenceCall } from "../engine/exchange.ts";
import { KeptReply } from "../engine/kept-reply.ts";
import type { KeptResponse, ResponseStore } from "../engine/response-store.ts";
import { answerJson } from "./answers.ts";
import type { Gate } from "./doors.ts";
import { refuse } from "./errors.ts";
import { callFrom, parseBody, tooLarge, withBody } from "./inference.ts";
import type { UploadWatch } from "./upload.ts";
import type { Visit } from "./visit.ts";

/** Takes a call from a visit to the engine. */
export function takeResponse(
  visit: Visit,
  path: string,
  route: InferenceRoute,
  gate: Gate,
  uploads: UploadWatch,
  store: ResponseStore,
): void {
  const { maxBodyBytes } = gate.config().gateway;
  withBody(visit, maxBodyBytes, uploads, (body) => {
    const read = parseBody(body);
    if ("failure" in read) return refuse(visit, read.failure);
    const said = remembered(body, read.value, store, visit.client?.name);
    if ("kind" in said) return refuse(visit, said);
    if (said.body.length > maxBodyBytes) return refuse(visit, tooLarge(maxBodyBytes));
    const call = callFrom(visit, path, route, gate, said.body, said.body === body ? read : undefined);
    if ("kind" in call) return refuse(visit, call);
    void gate.route({ ...call, previousResponse: said.previous }, keeping(visit, call, store, read.value, said.previous));
  });
}

/** `POST /v1/responses/input_tokens`: an estimate of everything that would be sent, and marked as one, since no node is asked (demands 3.23). */
export function answerInputTokens(visit: Visit, body: Buffer, store: ResponseStore): void {
  const read = parseBody(body);
  if ("failure" in read) return refuse(visit, read.failure);
  const said = remembered(body, read.value, store, visit.client?.name);
  if ("kind" in said) return refuse(visit, said);
  answerJson(visit, { object: "response.input_tokens", ...countTokens(parsed(said.body.toString("utf8"))) });
}

interface Remembered {
  readonly body: Buffer;
  readonly previous: string | undefined;
}

/** The body with everything in it that it refers to. The body itself where it refers to nothing. */
function remembered(body: Buffer, value: unknown, store: ResponseStore, client: string | undefined): Remembered | Failure {
  const asked = field(value, "previous_response_id") ?? undefined;
  const items = listIn(value, "input");
  const refers = items.some((item) => textIn(item, "type") === "item_reference");
  if (asked === undefined && !refers) return { body, previous: undefined };
  if (asked !== undefined && typeof asked !== "string")
    return fail("invalid-request", "previous_response_id: expected a string.", { field: "previous_response_id" });
  const before = asked === undefined ? undefined : store.find(asked, client);
  if (asked !== undefined && before === undefined) return lost(asked);
  const span = inputIn(body);
  // An absent input is the facts' to refuse.
  if (span === undefined) return { body, previous: undefined };
  const own = refers
    ? items.map((item) => JSON.stringify(itemMeant(item, store, client))).join(",")
    : inside(body.toString("utf8", span.start, span.end));
  const earlier = before === undefined ? [] : [inside(before.input), outputOf(before.response)];
  const input = `[${[...earlier, own].filter((text) => text.trim() !== "").join(",")}]`;
  const whole = replaceSpan(body, span, Buffer.from(input));
  return { body: asBuffer(asked === undefined ? whole : withoutText(whole, "previous_response_id")), previous: asked };
}

/** Where the turns stand in a body. */
function inputIn(body: Buffer) {
  return childNamed(body, body.indexOf(0x7b), "input");
}

function lost(id: string): Failure {
  const message = `Previous response with id '${id.slice(0, 200)}' not found.`;
  return fail("unknown-response", message, { field: "previous_response_id" });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What stands between the brackets of a list; a text is one message of the user. */
function inside(json: string): string {
  const text = json.trim();
  return text.startsWith("[") ? text.slice(1, -1) : `{"type":"message","role":"user","content":${text}}`;
}

function outputOf(response: string): string {
  return listIn(parsed(response), "output")
    .map((item) => JSON.stringify(item))
    .join(",");
}

/** The item a reference means; the reference itself where it is not known here: it may be the node's. */
function itemMeant(item: unknown, store: ResponseStore, client: string | undefined): unknown {
  const id = textIn(item, "type") === "item_reference" ? textIn(item, "id") : undefined;
  const kept = id === undefined ? undefined : store.withItem(id, client);
  return kept === undefined ? item : (listIn(parsed(kept.response), "output").find((one) => textIn(one, "id") === id) ?? item);
}

/** The reply, watched where its answer is to be kept. */
function keeping(visit: Visit, call: InferenceCall, store: ResponseStore, asked: unknown, previous: string | undefined) {
  if (field(asked, "store") === false) return visit;
  return new KeptReply(visit, (response) => {
    const id = textIn(response, "id");
    const span = inputIn(call.body);
    if (id === undefined || span === undefined) return;
    store.keep({
      id,
      client: visit.client?.name,
      input: `[${inside(call.body.toString("utf8", span.start, span.end))}]`,
      response: JSON.stringify(previous === undefined ? response : { ...response, previous_response_id: previous }),
      items: listIn(response, "output").flatMap((item) => textIn(item, "id") ?? []),
    });
  });
}

const root = "/v1/responses/";

/** The id and what of it is asked for, of a path below `/v1/responses/`. */
export function responsePath(path: string): { readonly id: string; readonly part: string } | undefined {
  if (!path.startsWith(root)) return undefined;
  const [id = "", ...rest] = path.slice(root.length).split("/");
  return id === "" ? undefined : { id, part: rest.join("/") };
}

/** `GET`, `DELETE` of a kept answer, and `GET` of what was said before it. */
export function answerResponse(visit: Visit, { id, part }: { readonly id: string; readonly part: string }, store: ResponseStore): void {
  const client = visit.client?.name;
  const kept = store.find(id, client);
  if (kept === undefined || (part !== "" && part !== "input_items"))
    return refuse(visit, fail("not-found", `Response with id '${id.slice(0, 200)}' not found.`, { field: "id" }));
  if (visit.method === "DELETE") {
    store.forget(id, client);
    return answerJson(visit, { id, object: "response", deleted: true });
  }
  if (part === "") return answerJson(visit, parsed(kept.response));
  const asked = new URLSearchParams(visit.target.split("?", 2)[1]);
  const limit = Number(asked.get("limit") ?? usualItems);
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostItems) return answerJson(visit, inputPage(kept, asked, limit));
  refuse(visit, fail("invalid-request", `limit: expected a whole number from 1 to ${mostItems}.`, { field: "limit" }));
}

const mostItems = 100;
const usualItems = 20;

/** A page of input items, newest first unless asked otherwise. */
function inputPage({ id, input: text }: KeptResponse, asked: URLSearchParams, limit: number): JsonObject {
  const input = parsed(text);
  const items = (Array.isArray(input) ? input : []).map((item: unknown, at) => listed(item, `msg_${id}_in${at}`));
  const ordered = asked.get("order") === "asc" ? items : items.toReversed();
  const after = asked.get("after");
  const from = after === null ? 0 : ordered.findIndex((item) => item["id"] === after) + 1;
  const data = ordered.slice(from, from + limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
    has_more: from + limit < ordered.length,
  };
}

/** An item as lists show it: with an id, a kind, and its content in parts. */
function listed(item: unknown, id: string): JsonObject {
  if (!isObject(item)) return { id };
  const { content, role } = item;
  const kind = role === "assistant" ? "output_text" : "input_text";
  const parts = typeof content === "string" ? { content: [{ type: kind, text: content }] } : {};
  return { id, type: "message", ...item, ...parts };
}
