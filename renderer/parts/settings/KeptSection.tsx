// What Homeport keeps of requests, said plainly.
import { Section } from "./Section.tsx";

export function KeptSection() {
  return (
    <Section title="What is kept" about="On this computer only. Homeport sends nothing to anybody but your nodes and the servers you name.">
      <dl className="facts">
        <dt>Prompts and answers</dt>
        <dd>
          not logged, not written to disk; what you capture stays in memory until capture ends, an answer that an app asks to keep until
          Homeport stops
        </dd>
        <dt>Of each request</dt>
        <dd>when, which model and node, how long, how many tokens, what it cost</dd>
        <dt>Keys</dt>
        <dd>never in the settings, the log or this window</dd>
      </dl>
    </Section>
  );
}
