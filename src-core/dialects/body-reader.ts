// A client's body, read field by field. The first thing that is wrong is kept as a failure naming its field (S-29), and what nobody looked at is
// told by name, so that nothing is lost in silence. Null means absent, as the official clients mean it.
import { type Failure, fail } from "../contract/failure.ts";
import { isObject, type JsonObject } from "./shapes.ts";

/** The first complaint about a body; later ones would only follow from it. */
export class Complaint {
  #failure: Failure | undefined;

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Remembers that `field` "must be …", unless something was wrong before. */
  says(field: string, must: string): void {
    this.#failure ??= fail("invalid-request", `The field ${field} ${must}.`, { field });
  }
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** A name from a client may stand in a header: printable ASCII only, and not for ever. */
const longestName = 64;
const mostNames = 32;

/** One object of a body. `at`: where it stands, with its dot, as in `messages[0].`; "" for the body itself. */
export class BodyReader {
  readonly at: string;
  readonly complaint: Complaint;
  readonly #body: JsonObject;
  readonly #seen = new Set<string>();

  constructor(body: JsonObject, complaint: Complaint, at = "") {
    this.#body = body;
    this.complaint = complaint;
    this.at = at;
  }

  /** The field as it is; undefined where absent or null. */
  raw(key: string): unknown {
    this.#seen.add(key);
    return Object.hasOwn(this.#body, key) ? (this.#body[key] ?? undefined) : undefined;
  }

  /** Records that a field is wrong, in words that follow its name. */
  wrong(key: string, must: string): undefined {
    this.complaint.says(this.at + key, must);
    return undefined;
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    return value === undefined || typeof value === "string" ? value : this.wrong(key, "must be a text");
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    return value === undefined || typeof value === "boolean" ? value : this.wrong(key, "must be true or false");
  }

  number(key: string, range: Range = {}): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE, integer = false } = range;
    const fits = typeof value === "number" && value >= min && value <= max && (!integer || Number.isSafeInteger(value));
    return fits ? value : this.wrong(key, `must be ${inWords(range)}`);
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.raw(key);
    return value === undefined || Array.isArray(value) ? value : this.wrong(key, "must be a list");
  }

  object(key: string): JsonObject | undefined {
    const value = this.raw(key);
    return value === undefined || isObject(value) ? value : this.wrong(key, "must be an object");
  }

  /** A reader for an object inside; undefined where it is absent. */
  inside(key: string): BodyReader | undefined {
    const value = this.object(key);
    return value === undefined ? undefined : new BodyReader(value, this.complaint, `${this.at}${key}.`);
  }

  /** A reader for each object of a list; an entry that is none is a complaint. */
  each(key: string): readonly BodyReader[] {
    return (this.list(key) ?? []).flatMap((entry, i) => {
      if (isObject(entry)) return [new BodyReader(entry, this.complaint, `${this.at}${key}[${i}].`)];
      this.wrong(`${key}[${i}]`, "must be an object");
      return [];
    });
  }

  /** The names of fields that say something and that nobody asked for. */
  unread(): readonly string[] {
    const names = Object.keys(this.#body).filter((key) => !this.#seen.has(key) && this.#body[key] != null);
    return names.slice(0, mostNames).map((name) => (this.at + name).replaceAll(/[^!-~]/g, "?").slice(0, longestName));
  }
}

function inWords({ min, max, integer = false }: Range): string {
  const kind = integer ? "a whole number" : "a number";
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  return min === undefined ? kind : `${kind} of at least ${min}`;
}
