// Turns facts into notices: breakers by `domain/notices.ts`, slow loads, failed loads, refused configurations. Keeps the inbox.
import type { Notice } from "../../contract/api.ts";
import type { EngineEvent, EventOf } from "../../contract/events.ts";
import type { Fleet, Node } from "../../contract/fleet.ts";
import type { NotificationSwitches } from "../../contract/notification-switches.ts";
import { canonicalName } from "../../domain/names.ts";
import {
  breakerClosed,
  breakerOpened,
  coalesceMs,
  due,
  type NoticeState,
  nodeUnhealthy,
  noNotices,
  shortBody,
  shortTitle,
  switchFor,
} from "../../domain/notices.ts";
import { passiveState } from "../../domain/passive-health.ts";
import type { Clock } from "../ports.ts";

const inboxLength = 50;
/** A load that took less is no news (ux.md 4). */
const slowLoadMs = 30_000;
/** A failed load is told once per node and model within this. */
const sameFailureMs = 10 * 60_000;

export class Notices {
  readonly #clock: Clock;
  readonly #switches: () => Readonly<Partial<NotificationSwitches>>;
  #tell: (notice: Notice) => void = () => {};
  #breakers: NoticeState = noNotices;
  #timer: (() => void) | undefined;
  #inbox: readonly Notice[] = [];
  #others = 0;
  #hushedUntil = Number.NEGATIVE_INFINITY;
  readonly #failedLoads = new Map<string, number>();
  /** Nodes and models, told once until Homeport starts again. */
  readonly #truncations = new Set<string>();

  /** `switches`: what is off lands in the inbox alone. */
  constructor(clock: Clock, switches: () => Readonly<Partial<NotificationSwitches>>) {
    this.#clock = clock;
    this.#switches = switches;
  }

  get inbox(): readonly Notice[] {
    return this.#inbox;
  }

  onNotice(tell: (notice: Notice) => void): void {
    this.#tell = tell;
  }

  dismiss(): void {
    this.#inbox = [];
  }

  /** For so long nobody is told of nodes in trouble: most of it ends by itself. What is left then is told at once, as one (ux.md 4). */
  hush(ms: number): void {
    this.#hushedUntil = this.#clock.monotonic() + ms;
    this.#timer?.();
    this.#timer = undefined;
    this.#tellLater();
  }

  /** Adds a notice made elsewhere: settings recovered, port moved. */
  add(notice: Omit<Notice, "id" | "at">): void {
    this.#others += 1;
    this.#publish({ ...notice, id: `other-${this.#others}`, at: this.#clock.now() });
  }

  stop(): void {
    this.#timer?.();
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    if (event.type === "load-finished") return this.#loaded(event);
    if (event.type === "prompt-truncated") return this.#truncated(event, after);
    if (event.type === "resident-cap-learned") return this.#keepsFew(event, after);
    if (event.type === "unload-stuck") return this.#stuck(event, before, after);
    if (event.type === "config-rejected") {
      return this.add({
        kind: "config-rejected",
        title: "A configuration change was refused",
        body: event.failure.message,
        urgent: false,
      });
    }
    if (before === after || !("node" in event) || event.node === undefined) return;
    const was = before.nodes[event.node];
    const is = after.nodes[event.node];
    if (was === undefined || is === undefined) return;
    if (was.passive !== is.passive && passiveState(is) === "unhealthy" && passiveState(was) !== "unhealthy")
      this.#inTrouble(is, after, nodeUnhealthy);
    if (was.breaker.state === is.breaker.state) return;
    if (was.breaker.state === "closed" && is.breaker.state === "open") this.#inTrouble(is, after, breakerOpened);
    else if (is.breaker.state === "closed") this.#closed(is);
  };

  /** Told once a few seconds have gathered what belongs together. */
  #inTrouble(node: Node, fleet: Fleet, tell: typeof breakerOpened): void {
    const others = Object.values(fleet.nodes).some(
      (other) => other.id !== node.id && other.enabled && other.health.state !== "down" && other.breaker.state === "closed",
    );
    this.#breakers = tell(this.#breakers, node, others, this.#clock.now());
    this.#tellLater();
  }

  #tellLater(): void {
    if (this.#timer !== undefined || Object.keys(this.#breakers.waiting).length === 0) return;
    const hushedMs = this.#hushedUntil - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(coalesceMs, hushedMs), () => {
      this.#timer = undefined;
      this.#step(due(this.#breakers, this.#clock.now()));
    });
  }

  #closed(node: Node): void {
    const closed = breakerClosed(this.#breakers, node, this.#clock.now());
    this.#step(this.#clock.monotonic() < this.#hushedUntil ? { state: closed.state } : closed);
  }

  #step({ state, notice }: { readonly state: NoticeState; readonly notice?: Notice }): void {
    this.#breakers = state;
    if (notice !== undefined) this.#publish(notice);
  }

  #loaded({ node, model, ms, failure, at }: EventOf<"load-finished">): void {
    if (failure?.kind === "cancelled" || failure?.kind === "interrupted") return;
    if (failure !== undefined && this.#clock.monotonic() < this.#hushedUntil) return;
    if (failure === undefined) {
      if (ms > slowLoadMs)
        this.add({
          kind: "load-finished",
          title: `${model} is loaded`,
          body: `On ${node}, after ${Math.round(ms / 1000)} s.`,
          node,
          urgent: false,
        });
      return;
    }
    const key = `${node}\n${model}`;
    const last = this.#failedLoads.get(key);
    if (last !== undefined && at - last < sameFailureMs) return;
    this.#failedLoads.set(key, at);
    this.add({
      kind: "load-failed",
      title: `${model} could not be loaded`,
      body: `${node}: ${failure.message}`,
      node,
      urgent: false,
    });
  }

  /** A limit in the node's own settings, or in its memory, that nobody told us of. */
  #keepsFew({ node: id, cap, dropped, loaded }: EventOf<"resident-cap-learned">, fleet: Fleet): void {
    const name = fleet.nodes[id]?.name ?? id;
    this.add({
      kind: "resident-cap",
      title: `${name} keeps ${cap === 1 ? "one model" : `${cap} models`} in memory at most`,
      body: `Loading ${loaded} made it drop ${dropped}. If it should keep more, look at its own limit of loaded models.`,
      node: id,
      urgent: false,
    });
  }

  /** Once, until it has gone: a second unload that does nothing is no news. */
  #stuck({ node: id, model, since, at }: EventOf<"unload-stuck">, before: Fleet, after: Fleet): void {
    const node = after.nodes[id];
    const key = canonicalName(model);
    if (node === undefined || before.nodes[id]?.models[key]?.stuckSince !== undefined) return;
    const running = node.inFlight[key] ?? 0;
    const who =
      running > 0
        ? `${running === 1 ? "One request" : `${running} requests`} through Homeport still use it.`
        : "Another program may be using it. Close what talks to that server, or restart it there.";
    this.add({
      kind: "unload-stuck",
      title: `${model} does not leave the memory of ${node.name}`,
      body: `The server said it unloaded it, and ${Math.round((at - since) / 1000)} s later still holds it. ${who}`,
      node: id,
      urgent: false,
    });
  }

  /** Once per node and model: it would be so with every long prompt. */
  #truncated({ node: id, model, sawTokens, estimatedTokens, contextTokens }: EventOf<"prompt-truncated">, fleet: Fleet): void {
    const key = `${id}\n${model}`;
    if (this.#truncations.has(key)) return;
    this.#truncations.add(key);
    const node = fleet.nodes[id];
    const remedy = node?.kind === "ollama" ? "Load it with a larger context (num_ctx)." : "Start its server with a larger context.";
    this.add({
      kind: "prompt-truncated",
      title: `${node?.name ?? id} cut a prompt for ${model}`,
      body: `It read ${sawTokens} of about ${estimatedTokens} tokens; its context is ${contextTokens}. ${remedy}`,
      node: id,
      urgent: false,
    });
  }

  #publish(told: Notice): void {
    const notice = { ...told, title: shortTitle(told.title), body: shortBody(told.body) };
    this.#inbox = [...this.#inbox, notice].slice(-inboxLength);
    if (this.#switches()[switchFor[notice.kind]] !== false) this.#tell(notice);
  }
}
