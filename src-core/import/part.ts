// A section of a foreign configuration that remembers what was read of it: what is left over, or is not what it should be, becomes a note.
// Nothing is dropped in silence.

/** Something that was not carried over. `where`: the path in the old file. */
export interface Note {
  readonly where: string;
  readonly says: string;
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section => typeof value === "object" && value !== null && !Array.isArray(value);

export class Part {
  readonly where: string;
  readonly #section: Section;
  readonly #notes: Note[];
  readonly #read = new Set<string>();

  constructor(value: unknown, where: string, notes: Note[]) {
    this.where = where;
    this.#section = isSection(value) ? value : {};
    this.#notes = notes;
  }

  text(key: string): string | undefined {
    return this.#value(key, "a text", (value): value is string => typeof value === "string");
  }

  number(key: string): number | undefined {
    return this.#value(key, "a number", (value): value is number => typeof value === "number");
  }

  flag(key: string): boolean | undefined {
    return this.#value(key, "true or false", (value): value is boolean => typeof value === "boolean");
  }

  /** Texts of a list; absent is an empty one. */
  texts(key: string): readonly string[] {
    const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
    return this.#value(key, "a list of texts", isTexts) ?? [];
  }

  /** Sections of a list. */
  list(key: string): readonly Part[] {
    const isList = (value: unknown): value is unknown[] => Array.isArray(value);
    const list = this.#value(key, "a list", isList) ?? [];
    return list.map((one, at) => new Part(one, `${this.#at(key)}[${at}]`, this.#notes));
  }

  /** The sections of a map, with their names. */
  named(key: string): readonly (readonly [name: string, part: Part])[] {
    const map = this.#value(key, "a section", isSection) ?? {};
    return Object.entries(map).map(([name, value]) => [name, new Part(value, `${this.#at(key)}.${name}`, this.#notes)] as const);
  }

  /** One section; absent is an empty one. */
  part(key: string): Part {
    return new Part(this.#value(key, "a section", isSection), this.#at(key), this.#notes);
  }

  has(key: string): boolean {
    return this.#section[key] !== undefined && this.#section[key] !== null;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#section);
  }

  /** Says why these are not carried over, where they are there. */
  leave(says: string, ...keys: readonly string[]): void {
    for (const key of keys) {
      if (this.has(key)) this.note(key, says);
      this.#read.add(key);
    }
  }

  /** Words for people that mean nothing to a router. */
  skip(...keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  note(key: string, says: string): void {
    this.#notes.push({ where: key === "" ? this.where : this.#at(key), says });
  }

  /** Everything nobody asked for. Called last. */
  rest(): void {
    this.leave("Homeport has no such setting.", ...this.keys.filter((key) => !this.#read.has(key)));
  }

  #at(key: string): string {
    return this.where === "" ? key : `${this.where}.${key}`;
  }

  #value<T>(key: string, expected: string, fits: (value: unknown) => value is T): T | undefined {
    this.#read.add(key);
    const value = this.#section[key];
    if (value === undefined || value === null || fits(value)) return value ?? undefined;
    this.note(key, `expected ${expected}; left out.`);
    return undefined;
  }
}
