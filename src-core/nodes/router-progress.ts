// A router loads a model in stages, each with its own figure; a person sees one bar that never goes back.
import type { LoadProgress } from "../engine/ports.ts";
import type { RouterEvent } from "./llama-server-shapes.ts";

/** The weights take nearly all of the time; each later stage (a projector, a draft model) has this fixed share. */
const laterStageShare = 0.05;
const mainStage = "text_model";

export class ProgressBar {
  readonly #tell: (progress: LoadProgress) => void;
  #fraction = 0;

  constructor(tell: (progress: LoadProgress) => void) {
    this.#tell = tell;
  }

  /** Tells when the event moves the bar; an event without a figure does not. */
  update(event: RouterEvent): void {
    const progress = event.data?.progress;
    if (progress?.value === undefined) return;
    const stage = progress.current ?? progress.stage ?? mainStage;
    const fraction = folded(progress.stages ?? [stage], stage, Math.min(1, Math.max(0, progress.value)));
    if (fraction < this.#fraction) return;
    this.#fraction = fraction;
    this.#tell({ fraction, stage });
  }
}

/** Where `value` of `stage` lies on the one bar over all `stages`. */
function folded(stages: readonly string[], stage: string, value: number): number {
  const known = stages.includes(stage) ? stages.slice(0, 10) : [stage];
  const main = known.includes(mainStage) ? mainStage : known[0];
  const shareOf = (name: string) => (name === main ? 1 - laterStageShare * (known.length - 1) : laterStageShare);
  const before = known.slice(0, known.indexOf(stage)).reduce((sum, name) => sum + shareOf(name), 0);
  return Math.min(1, before + shareOf(stage) * value);
}
