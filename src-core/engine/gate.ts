// Whether an answer may be released (source-systems.md 3.3): it says something, it does not refuse, it is what its schema asks for. Answers that call
// tools are not judged. A gate judges one attempt; requests without one never meet this file.
import { type Failure, fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { Task } from "../contract/route.ts";
import type { Gate as GateConfig } from "../contract/routing.ts";
import { type AnswerView, canBeJudged, type Judged, StreamView, viewOfReply, viewOfWhole } from "../dialects/answer-view.ts";
import { askedSchema } from "../dialects/asked-schema.ts";
import type { ChatEvent, ChatReply } from "../dialects/canonical.ts";
import { repairBody } from "../dialects/repair.ts";
import { parsed } from "../dialects/shapes.ts";
import { jsonIn } from "../domain/fenced-json.ts";
import { perValue } from "../domain/per-value.ts";
import { isRefusal, type Refusals, RefusalWatch, refusalsOf, withoutThinking } from "../domain/refusals.ts";
import { type CheckedSchema, problemsOf, readSchema } from "../domain/schema-check.ts";

/** What is known of the attempt whose answer will be judged. */
export interface GateInput {
  readonly gate: GateConfig;
  readonly dialect: Dialect;
  readonly task: Task;
  readonly node: string;
  /** The body as this node gets it: the schema is asked for there, and a repair begins with it. */
  readonly sent: Buffer;
  /** False for an attempt that is a repair already. */
  readonly mayRepair: boolean;
  /** The answer is translated: its steps are judged, whatever the dialects. */
  readonly translated?: boolean | undefined;
}

/** `repair`: the body of one more request to the same node, which may do better. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly failure: Failure; readonly repair?: Buffer };

const passed: Verdict = { ok: true };
/** A longer text is not read as JSON. */
const longestJson = 256 * 1024;

interface Rules {
  readonly refusals: Refusals | undefined;
  readonly schema: CheckedSchema | undefined;
  readonly empty: boolean;
}

/** The gate for an attempt, undefined where nothing of its answer is to be judged, or the 400 of a schema that cannot be used. */
export function gateFor(input: GateInput): Gate | Failure | undefined {
  const { gate, task, sent } = input;
  // Steps have no dialect, so any reader of frames will do where none will come.
  const dialect = input.translated === true ? "openai" : input.dialect;
  if (!canBeJudged(dialect, task)) return undefined;
  const schema = schemaFor(gate, sent);
  if (schema !== undefined && "problem" in schema) return fail("invalid-request", schema.problem, { field: schema.field });
  const rules: Rules = { refusals: gate.refusal ? refusalsFor(gate) : undefined, schema, empty: gate.empty };
  return rules.refusals === undefined && schema === undefined && !rules.empty ? undefined : new Gate(input, dialect, rules);
}

/** Patterns and a profile's own schema are made ready once per profile. */
const refusalsFor = perValue((gate: GateConfig) => refusalsOf(gate.refusalPatterns));
const profileSchema = perValue((schema: object) => readSchema(schema));

function schemaFor(gate: GateConfig, sent: Buffer): CheckedSchema | { readonly problem: string; readonly field: string } | undefined {
  if (gate.schema === false) return undefined;
  const own = typeof gate.schema === "object";
  const asked = own ? gate.schema : askedSchema(parsed(sent.toString("utf8")));
  if (asked === undefined) return undefined;
  const read = typeof asked === "object" && asked !== null ? profileSchema(asked) : readSchema(asked);
  if (!("problem" in read)) return read;
  return own
    ? { problem: `${read.problem} It stands in the profile's gate.`, field: "gate.schema" }
    : { ...read, field: "response_format" };
}

export class Gate {
  readonly #input: GateInput;
  readonly #dialect: Judged;
  readonly #rules: Rules;

  constructor(input: GateInput, dialect: Judged, rules: Rules) {
    this.#input = input;
    this.#dialect = dialect;
    this.#rules = rules;
  }

  /** Judges a whole body. */
  judgeWhole(body: Buffer): Verdict {
    const view = viewOfWhole(this.#dialect, parsed(body.toString("utf8")));
    if (view !== undefined) return this.judge(view);
    return { ok: false, failure: fail("malformed-reply", `${this.#input.node} sent an answer that cannot be read.`) };
  }

  /** Judges a whole answer that was translated. */
  judgeReply(reply: ChatReply): Verdict {
    return this.judge(viewOfReply(reply));
  }

  /** For one streamed answer. */
  stream(): StreamGate {
    return new StreamGate(this, new StreamView(this.#dialect), this.#rules.schema !== undefined, this.#rules.refusals);
  }

  /** In the order of 3.3: nothing said, a refusal, the schema. */
  judge(view: AnswerView): Verdict {
    const { refusals, schema, empty } = this.#rules;
    if (view.hasToolCalls) return passed;
    if (empty && view.empty) return failed("empty-answer", `${this.#input.node} answered with nothing.`, "EmptyAnswer");
    const refusal = refusals === undefined ? undefined : refusalIn(view, refusals);
    if (refusal !== undefined) return this.refused(refusal);
    return schema === undefined ? passed : this.#againstSchema(view.text, schema);
  }

  refused(words: string): Verdict {
    return failed("refused", `The model on ${this.#input.node} refused to answer (${words}).`, "RefusalPattern");
  }

  tooLong(): Verdict {
    const message = `The answer of ${this.#input.node} is longer than Homeport holds to check it against a schema.`;
    return failed("schema-mismatch", message, "SchemaValidationError");
  }

  #againstSchema(text: string, schema: CheckedSchema): Verdict {
    const { answer } = withoutThinking(text);
    const found = answer.length > longestJson ? undefined : jsonIn(answer);
    const problems = found === undefined ? ["the answer is not JSON"] : problemsOf(found.value, schema);
    if (problems.length === 0) return passed;
    const tag = found === undefined ? "JSONDecodeError" : "SchemaValidationError";
    const verdict = failed("schema-mismatch", `The answer of ${this.#input.node} does not match the schema: ${problems.join("; ")}.`, tag);
    const repair = this.#input.mayRepair ? repairBody(parsed(this.#input.sent.toString("utf8")), answer, problems) : undefined;
    return repair === undefined ? verdict : { ...verdict, repair: Buffer.from(JSON.stringify(repair)) };
  }
}

function failed(kind: "refused" | "schema-mismatch" | "empty-answer", message: string, tag: string): Verdict & { readonly ok: false } {
  // The tags of source-systems.md 3.3.
  return { ok: false, failure: fail(kind, message, { detail: tag }) };
}

function refusalIn({ refusal, text }: AnswerView, refusals: Refusals): string | undefined {
  if (refusal !== "") return "it said so itself";
  const pattern = isRefusal(text, refusals);
  return pattern === undefined ? undefined : `"${pattern}"`;
}

/** Longer streams are not held to be checked against a schema. As long as the longest frame. */
const heldForSchema = 4 * 1024 * 1024;
/** The rest of a refused stream is read up to here, so that it can still be released if every model refuses. */
const heldRefused = 1024 * 1024;

/**
 * Judges a stream frame by frame. A refusal needs only the prefix; a schema needs everything, so such a stream arrives at its end. An answer whose
 * prefix refuses is held to its end as well, where a tool call may yet clear it.
 */
export class StreamGate {
  readonly #gate: Gate;
  readonly #view: StreamView;
  readonly #whole: boolean;
  readonly #watch: RefusalWatch | undefined;
  #refused = false;
  #length = 0;

  constructor(gate: Gate, view: StreamView, whole: boolean, refusals: Refusals | undefined) {
    this.#gate = gate;
    this.#view = view;
    this.#whole = whole;
    this.#watch = refusals === undefined ? undefined : new RefusalWatch(refusals);
  }

  /** Looks at the next frame, without its end. `release`: from here the stream needs no gate. A verdict: it is too long to be held on. */
  push(frame: string): "hold" | "release" | Verdict {
    return this.#looked(this.#view.push(frame), frame.length);
  }

  /** The same for one step of a translated answer. */
  take(event: ChatEvent): "hold" | "release" | Verdict {
    const text = this.#view.take(event);
    return this.#looked(text, text.length);
  }

  #looked(text: string, length: number): "hold" | "release" | Verdict {
    this.#length += length;
    if (this.#view.hasToolCalls) return "release";
    if (!this.#whole && !this.#refused && this.#cleared(text)) return "release";
    if (this.#refused && this.#length > heldRefused) return this.#gate.refused("at length");
    if (this.#length <= heldForSchema) return "hold";
    return this.#whole ? this.#gate.tooLong() : "release";
  }

  /** The stream has ended and was held until then. */
  end(): Verdict {
    return this.#gate.judge(this.#view.view());
  }

  #cleared(text: string): boolean {
    if (this.#watch === undefined) return text.trim() !== "" || this.#view.refuses;
    const state = this.#watch.push(text);
    this.#refused = state === "refused" || this.#view.refuses;
    return !this.#refused && state === "clear";
  }
}
