// What Homeport keeps of requests, said plainly.
import { words } from "../../language/words.ts";
import { Section } from "./Section.tsx";

const { kept } = words.settings;

export function KeptSection() {
  return (
    <Section title={kept.title} about={kept.about}>
      <dl className="facts">
        <dt>{kept.prompts}</dt>
        <dd>{kept.ofPrompts}</dd>
        <dt>{kept.requests}</dt>
        <dd>{kept.ofRequests}</dd>
        <dt>{kept.keys}</dt>
        <dd>{kept.ofKeys}</dd>
      </dl>
    </Section>
  );
}
