// What differs between generations of Anthropic's models. The old ones are a closed list, so that a model of tomorrow counts as new; models of other
// makers behind such a door (llama-server, Ollama) know the first, widest form only.

export interface Habits {
  /** Thinks as much as it finds right (`thinking.type: adaptive`, `output_config.effort`) and refuses a budget. */
  readonly adaptive: boolean;
  /** Takes a JSON Schema for its answer in `output_config.format`, and `strict` tools. */
  readonly schema: boolean;
  /** Refuses a temperature beside a top_p. */
  readonly oneOfTemperatureAndTopP: boolean;
}

const others: Habits = { adaptive: false, schema: false, oneOfTemperatureAndTopP: false };
const tail = "(?:-\\d{8}|-latest)?$";
/** Claude 1 to 4.0: neither. */
const first = new RegExp(`^claude-(?:instant|[123]|(?:opus|sonnet)-4(?:-0)?${tail})`);
/** 4.1 to 4.5: schemas, and budgets still. */
const second = new RegExp(`^claude-(?:opus|sonnet|haiku)-4-[1-5]${tail}`);

/** What the model takes, by its name. */
export function claudeHabits(model: string): Habits {
  // Gateways put the maker before the name: `anthropic/claude-…`.
  const name = model.toLowerCase().slice(model.lastIndexOf("/") + 1);
  if (!name.startsWith("claude-") || first.test(name)) return others;
  return { adaptive: !second.test(name), schema: true, oneOfTemperatureAndTopP: true };
}
