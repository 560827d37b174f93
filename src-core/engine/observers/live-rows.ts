// Rows of requests under way, found by their ids. Neither a Map, for the reason told in `roster.ts`, nor an object: V8 would take every new id into
// its table of names first, and look it up there again to forget it (measured: 0.5 us a request).

/** A power of two; about as many as run at once in a house with much to do. More share their places. */
const places = 1024;

export class LiveRows<Row extends { readonly id: string }> {
  /** By place; a place once used stays. */
  readonly #places = new Map<number, Row[]>();

  add(row: Row): void {
    this.#at(row.id).push(row);
  }

  find(id: string): Row | undefined {
    return this.#at(id).find((row) => row.id === id);
  }

  /** Does nothing for one that is not in. */
  remove(row: Row): void {
    const here = this.#at(row.id);
    const last = here.pop();
    if (last === undefined || last === row) return;
    const at = here.indexOf(row);
    if (at < 0) here.push(last);
    else here[at] = last;
  }

  all(): Row[] {
    return [...this.#places.values()].flat();
  }

  /** Ids end in a counter: its last digits tell apart whatever runs at the same time. */
  #at(id: string): Row[] {
    const place = (id.charCodeAt(id.length - 1) + 36 * id.charCodeAt(id.length - 2)) & (places - 1);
    const here = this.#places.get(place);
    if (here !== undefined) return here;
    const made: Row[] = [];
    this.#places.set(place, made);
    return made;
  }
}
