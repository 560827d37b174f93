// Services in the cloud that Homeport knows by name: where they are and how their address differs from the rule. Data, one row each.
import { z } from "zod";

export const CloudPreset = z.enum(["openai", "anthropic", "deepseek", "mistral", "xai", "openrouter", "groq", "gemini"]);
export type CloudPreset = z.infer<typeof CloudPreset>;

/** One service as data. */
export interface CloudPresetRow {
  /** As a person calls it. */
  readonly name: string;
  readonly kind: "openai" | "anthropic";
  readonly url: string;
  /** The variable in which its own tools look for the key. */
  readonly keyVariable: string;
  /** Its address stands where other services have `/v1`: our paths lose theirs. */
  readonly withoutV1?: true;
  /** Its streams end with usage where that is asked for; the others tell it unasked, or refuse the question. */
  readonly tellsUsage?: true;
  /** What its list puts before every name, and requests may leave out. */
  readonly idPrefix?: string;
}

export const cloudPresets: Readonly<Record<CloudPreset, CloudPresetRow>> = {
  openai: { name: "OpenAI", kind: "openai", url: "https://api.openai.com", keyVariable: "OPENAI_API_KEY", tellsUsage: true },
  anthropic: { name: "Anthropic", kind: "anthropic", url: "https://api.anthropic.com", keyVariable: "ANTHROPIC_API_KEY" },
  deepseek: { name: "DeepSeek", kind: "openai", url: "https://api.deepseek.com", keyVariable: "DEEPSEEK_API_KEY", tellsUsage: true },
  mistral: { name: "Mistral", kind: "openai", url: "https://api.mistral.ai", keyVariable: "MISTRAL_API_KEY" },
  xai: { name: "xAI", kind: "openai", url: "https://api.x.ai", keyVariable: "XAI_API_KEY" },
  openrouter: { name: "OpenRouter", kind: "openai", url: "https://openrouter.ai/api", keyVariable: "OPENROUTER_API_KEY", tellsUsage: true },
  groq: { name: "Groq", kind: "openai", url: "https://api.groq.com/openai", keyVariable: "GROQ_API_KEY", tellsUsage: true },
  gemini: {
    name: "Gemini",
    kind: "openai",
    url: "https://generativelanguage.googleapis.com/v1beta/openai",
    keyVariable: "GEMINI_API_KEY",
    withoutV1: true,
    idPrefix: "models/",
  },
};
