// The list of models as Anthropic's clients read it (apis.md 3.4), page by page where they ask for pages.
import { type Failure, fail } from "../contract/failure.ts";
import { isoInstant } from "./model-lists.ts";

/** One model to list. `createdMs`: epoch milliseconds. */
export interface NamedModel {
  readonly id: string;
  readonly displayName?: string | undefined;
  readonly createdMs: number;
  /** The largest context it has anywhere, where that is known. */
  readonly contextTokens?: number | undefined;
}

/** Query of `GET /v1/models`, as it came. */
export interface PageAsked {
  readonly limit?: string | undefined;
  readonly after_id?: string | undefined;
  readonly before_id?: string | undefined;
}

/** Anthropic's own bound. Who gives no limit gets this many: most clients never ask for a second page. */
const mostModels = 1000;

export interface ModelPage {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** `GET /v1/models/{id}`. */
export function anthropicModel({ id, displayName, createdMs, contextTokens }: NamedModel): Readonly<Record<string, unknown>> {
  const context = contextTokens === undefined ? {} : { max_input_tokens: contextTokens };
  return { type: "model", id, display_name: displayName ?? id, created_at: isoInstant(createdMs), ...context };
}

/** One page of the list. Fails as `invalid-request` naming the field: a limit outside 1 to 1000, a place that nobody knows, or both places at once. */
export function anthropicModels(models: readonly NamedModel[], asked: PageAsked = {}): ModelPage | { readonly failure: Failure } {
  const limit = asked.limit === undefined ? mostModels : Number(asked.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostModels) {
    return { failure: fail("invalid-request", `The field limit must be a whole number from 1 to ${mostModels}.`, { field: "limit" }) };
  }
  const { after_id: after, before_id: before } = asked;
  if (after !== undefined && before !== undefined) {
    return {
      failure: fail("invalid-request", "The fields before_id and after_id exclude each other: give one of them.", { field: "before_id" }),
    };
  }
  const place = after ?? before;
  const at = place === undefined ? -1 : models.findIndex(({ id }) => id === place);
  if (place !== undefined && at < 0) {
    const field = after === undefined ? "before_id" : "after_id";
    return { failure: fail("invalid-request", `The field ${field} names no model of this list.`, { field }) };
  }
  const from = before === undefined ? at + 1 : Math.max(0, at - limit);
  const to = before === undefined ? from + limit : at;
  const page = models.slice(from, to);
  return {
    data: page.map(anthropicModel),
    has_more: before === undefined ? to < models.length : from > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}
