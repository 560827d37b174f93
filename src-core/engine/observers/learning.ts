// Learns from finished attempts how fast every model is on every node, and which nodes lately were slower or failed more often than the others
// (source-systems.md 5.7). On a request's way it only writes numbers into arrays; once a second at most it looks at them, and only what moved
// becomes a fact. Answers that waited for a load teach nothing about speed.
import type { EventOf } from "../../contract/events.ts";
import { failureTable } from "../../contract/failure.ts";
import type { Figures, Fleet } from "../../contract/fleet.ts";
import { NodeId } from "../../contract/ids.ts";
import { adaptiveRanks, type Ranks } from "../../domain/adaptive.ts";
import { isNews } from "../../domain/figures.ts";
import { entryOn, own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Observer } from "../audience.ts";
import type { Journal } from "../journal-port.ts";
import type { Clock } from "../ports.ts";
import type { Store } from "../store.ts";
import { RecentAttempts } from "./recent-attempts.ts";
import { Speeds } from "./speeds.ts";

const lookEveryMs = 1_000;
/** While somebody is demoted, ranks are looked at without traffic too: what left the window is forgiven. */
const forgiveEveryMs = 5_000;

export class Learning {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Pick<Journal, "recordFigures">;
  readonly #attempts = new Map<string, RecentAttempts>();
  /** By node, then by canonical name. */
  readonly #speeds = new Map<string, Map<string, Speeds>>();
  #ranks: Ranks = {};
  #cancelLook: (() => void) | undefined;
  #stopped = false;
  // The attempt that ended last: the end of its request follows at once and tells how long it took.
  #lastRequest = "";
  #lastModel = "";
  #lastPlace = 0;

  constructor(store: Store, clock: Clock, journal: Pick<Journal, "recordFigures">) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
  }

  readonly observe: Observer = (event, _, fleet) => {
    if (event.type === "attempt-finished") this.#attempted(event);
    else if (event.type === "request-finished") this.#finished(event, fleet);
    else if (event.type === "config-applied") this.#forget(event);
  };

  stop(): void {
    this.#stopped = true;
    this.#cancelLook?.();
  }

  #attempted({ request, node, model, verdict, failure, at }: EventOf<"attempt-finished">): void {
    this.#lastRequest = "";
    if (verdict === "inconclusive") return;
    // Busy is not broken, and a list that was out of date is nobody's slowness.
    const against = failure === undefined ? "nobody" : failureTable[failure.kind].against;
    if (against === "pause" || against === "inventory") return;
    const recent = this.#attempts.get(node) ?? new RecentAttempts();
    if (recent.isEmpty) this.#attempts.set(node, recent);
    this.#lastPlace = recent.add(at, verdict === "good", model);
    this.#lastRequest = request;
    this.#lastModel = model;
    this.#lookIn(lookEveryMs);
  }

  #finished({ request, node, facts, firstByteMs, outcome, usage }: EventOf<"request-finished">, fleet: Fleet): void {
    if (outcome !== "ok" || node === undefined || firstByteMs === undefined || request !== this.#lastRequest) return;
    const key = canonicalName(this.#lastModel);
    const found = own(fleet.nodes, node);
    const residency = found === undefined ? undefined : entryOn(found, key)?.residency;
    if (residency?.state !== "warm" || residency.since > facts.at) return;
    this.#attempts.get(node)?.timed(this.#lastPlace, firstByteMs, facts.stream);
    if (facts.task === "chat" || facts.task === "completion")
      this.#speedsOf(node, key, fleet).add(facts.stream ? firstByteMs : undefined, usage?.tokensPerSecond);
  }

  #speedsOf(node: string, key: string, fleet: Fleet): Speeds {
    const models = this.#speeds.get(node) ?? new Map<string, Speeds>();
    if (models.size === 0) this.#speeds.set(node, models);
    const before = models.get(key);
    if (before !== undefined) return before;
    const speeds = new Speeds(own(own(fleet.nodes, node)?.figures ?? {}, key));
    models.set(key, speeds);
    return speeds;
  }

  /** Nodes that are gone, or are other servers now. */
  #forget({ nodes, renewed }: EventOf<"config-applied">): void {
    const kept = new Set<string>(nodes.map(({ id }) => id).filter((id) => renewed?.includes(id) !== true));
    for (const node of [...this.#attempts.keys()]) if (!kept.has(node)) this.#attempts.delete(node);
    for (const node of [...this.#speeds.keys()]) if (!kept.has(node)) this.#speeds.delete(node);
  }

  #lookIn(ms: number): void {
    if (this.#cancelLook !== undefined || this.#stopped) return;
    this.#cancelLook = this.#clock.after(ms, () => {
      this.#cancelLook = undefined;
      this.#learnFigures();
      if (this.#rank()) this.#lookIn(forgiveEveryMs);
    });
  }

  #learnFigures(): void {
    const { fleet } = this.#store;
    for (const [node, models] of this.#speeds) {
      const known = own(fleet.nodes, node);
      if (known === undefined) continue;
      const news: Record<string, Figures> = {};
      for (const [key, speeds] of models) {
        if (!speeds.isNew) continue;
        const figures = speeds.figures();
        if (isNews(own(known.figures ?? {}, key), figures)) news[key] = figures;
      }
      if (Object.keys(news).length === 0) continue;
      this.#store.record({ type: "figures-learned", at: this.#clock.now(), node: known.id, figures: news });
      this.#journal.recordFigures(known.id, news);
    }
  }

  /** True while somebody is demoted. */
  #rank(): boolean {
    const settings = this.#store.config.health.adaptive;
    const now = this.#clock.now();
    const since = now - settings.windowSeconds * 1000;
    const samples = settings.enabled ? [...this.#attempts].flatMap(([node, recent]) => recent.samples(node, since)) : [];
    const before = this.#ranks;
    this.#ranks = adaptiveRanks(samples, now, settings, before);
    for (const [node, { rank }] of Object.entries(this.#ranks)) {
      const id = NodeId.safeParse(node);
      if (id.success && rank !== (own(before, node)?.rank ?? 0))
        this.#store.record({ type: "node-demoted", at: now, node: id.data, ranks: rank });
    }
    return Object.values(this.#ranks).some(({ rank }) => rank > 0);
  }
}
