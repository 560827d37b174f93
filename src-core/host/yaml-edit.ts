// Changes a YAML text so that it says what a document says, leaving every comment and untouched line alone.
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";

/** `text` must be valid YAML. Entries of a list are recognised by their `id`, so that comments stay with the node they speak of. */
export function editYaml(text: string, document: Readonly<Record<string, unknown>>): string {
  const yaml = parseDocument(text);
  if (isMap(yaml.contents)) editMap(yaml, yaml.contents, document);
  else for (const [key, value] of Object.entries(document)) yaml.set(key, yaml.createNode(value));
  return yaml.toString({ lineWidth: 0 });
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function editMap(yaml: Document, map: YAMLMap, wanted: Readonly<Record<string, unknown>>): void {
  for (const pair of [...map.items]) {
    const key = isScalar(pair.key) ? pair.key.value : pair.key;
    if (!Object.hasOwn(wanted, String(key)) || wanted[String(key)] === undefined) map.delete(key);
  }
  for (const [key, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const before: unknown = map.get(key, true);
    const after = edited(yaml, before, value);
    if (after !== before) map.set(key, after);
  }
}

/** The node that says `value`: the one that is there, changed, where that is possible. */
function edited(yaml: Document, before: unknown, value: unknown): unknown {
  if (isMap(before) && isSection(value)) {
    editMap(yaml, before, value);
    return before;
  }
  if (isSeq(before) && Array.isArray(value)) {
    editSeq(yaml, before, value);
    return before;
  }
  if (isScalar(before) && typeof value !== "object") {
    if (before.value !== value) before.value = value;
    return before;
  }
  return yaml.createNode(value);
}

function editSeq(yaml: Document, seq: YAMLSeq, wanted: readonly unknown[]): void {
  const before = [...seq.items];
  const byId = new Map(before.filter(isMap).flatMap((item) => (item.has("id") ? [[item.get("id"), item] as const] : [])));
  seq.items = wanted.map((value, index) => {
    const known = isSection(value) && value["id"] !== undefined ? byId.get(value["id"]) : before[index];
    return edited(yaml, known, value);
  });
}
