// A state in word, icon and colour together: never colour alone (WCAG 1.4.1).
import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleX } from "lucide-react";
import type { Tone } from "../tone.ts";

const icons = { ok: CircleCheck, busy: CircleDashed, warn: CircleAlert, bad: CircleX, off: Circle } as const;

export function StateMark({ tone, word }: { readonly tone: Tone; readonly word: string }) {
  const Icon = icons[tone];
  return (
    <span className={`state state-${tone}`}>
      <Icon size={15} aria-hidden="true" className={tone === "busy" ? "turning" : undefined} />
      <span>{word}</span>
    </span>
  );
}
