// A `fetch` for an official client that lets a test read what the client's library does not show: the bytes, and our own headers.

export class Tap {
  text = "";
  /** What the last answer said of a translation: "openai to ollama"; null where bytes passed. */
  translated: string | null = null;
  readonly #waiting = new Set<() => void>();

  /** Handed to the client instead of `fetch`. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    this.translated = response.headers.get("x-homeport-translated");
    if (response.body === null) return response;
    const decoder = new TextDecoder();
    const watched = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          this.text += decoder.decode(chunk, { stream: true });
          controller.enqueue(chunk);
          for (const look of [...this.#waiting]) look();
        },
      }),
    );
    return new Response(watched, { status: response.status, statusText: response.statusText, headers: response.headers });
  };

  /** Resolves once the sign stands in the bytes so often. */
  until(sign: string, times: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.text.split(sign).length <= times) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
