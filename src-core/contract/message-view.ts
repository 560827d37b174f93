// The words of a request that rules may look at. The only shape in here that holds prompt text, so it stands apart from what is kept.

/** What the rules for `auto` look at. Holds prompt text: made, judged and dropped within one call, never kept. */
export interface MessageView {
  readonly latestUserText: string;
  /** In the latest user message. */
  readonly hasImage: boolean;
  readonly hasTools: boolean;
  /** An estimate: characters / 4 over all messages. */
  readonly promptTokens: number;
  /** As the client spelled it. */
  readonly model: string;
}
