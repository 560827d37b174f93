// Reranking as Jina, Cohere, llama-server and vLLM have it: a query, documents, and how many of the best are wanted. There is one shape, so bytes
// pass; what is wrong is refused before any node sees it (S-29).
import { type Failure, fail } from "../contract/failure.ts";
import { isObject, type JsonObject } from "./shapes.ts";

/** The first thing that is wrong with a body of `/v1/rerank`, naming its field. */
export function wrongRerank(body: JsonObject): Failure | undefined {
  const { query, top_n: most, return_documents: withText } = body;
  if (typeof query !== "string") return invalid("query", `expected a string, got ${typeName(query)}.`);
  if (query === "") return invalid("query", "expected a text, got an empty string.");
  // The second is what text-embeddings-inference calls them, which llama-server knows too.
  const key = body["documents"] === undefined && body["texts"] !== undefined ? "texts" : "documents";
  const wrong = wrongDocuments(key, body[key]);
  if (wrong !== undefined) return wrong;
  if (most != null && !(typeof most === "number" && Number.isSafeInteger(most) && most > 0))
    return invalid("top_n", "expected a whole number of at least 1.");
  if (withText != null && typeof withText !== "boolean")
    return invalid("return_documents", `expected true or false, got ${typeName(withText)}.`);
  return undefined;
}

/** Texts, or objects that hold a text among other fields (Cohere). */
function wrongDocuments(key: string, documents: unknown): Failure | undefined {
  if (!Array.isArray(documents)) return invalid(key, `expected an array, got ${typeName(documents)}.`);
  if (documents.length === 0) return invalid(key, "expected at least one text, got an empty array.");
  const bad = documents.findIndex((document) => typeof document !== "string" && !isObject(document));
  return bad < 0 ? undefined : invalid(`${key}.${bad}`, `expected a string or an object with a text, got ${typeName(documents[bad])}.`);
}

function invalid(field: string, says: string): Failure {
  return fail("invalid-request", `${field}: ${says}`, { field });
}

function typeName(value: unknown): string {
  if (value === undefined) return "nothing";
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
