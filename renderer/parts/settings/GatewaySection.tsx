// Where clients reach Homeport: the address in effect, and the port that is asked for. The two may differ (F54), and then both are shown.
import { type FormEvent, useState } from "react";
import { useSnapshot } from "../../client/home.ts";
import { errorFor, type SectionProps, useSave } from "../../client/use-save.ts";
import { code } from "../../language/code.ts";
import { words } from "../../language/words.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const { gateway: says } = words.settings;

export function GatewaySection({ config, writable, reload }: SectionProps) {
  const { gateway } = useSnapshot();
  const { failure, busy, save } = useSave(reload);
  const [port, setPort] = useState(String(config.gateway.port));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ gateway: { ...config.gateway, port: port.trim() === "" ? Number.NaN : Number(port) } }, says.saved);
  };
  const openaiUrl = code`${gateway.url}/v1`;
  const moved = gateway.wantedPort !== 0 && gateway.port !== gateway.wantedPort;
  return (
    <Section title={says.title} about={says.about}>
      <dl className="facts">
        <dt>{says.openaiClients}</dt>
        <dd>
          <code>{openaiUrl}</code> <CopyButton text={openaiUrl} what={says.openaiAddress} />
        </dd>
        <dt>{says.ollamaClients}</dt>
        <dd>
          <code>{gateway.url}</code> <CopyButton text={gateway.url} what={says.ollamaAddress} />
        </dd>
        <dt>{says.reachable}</dt>
        <dd>{gateway.loopback ? says.reachableHere : says.reachableFurther}</dd>
        <dt>{says.key}</dt>
        <dd>{gateway.keyRequired ? says.keyRequired : says.keyFree}</dd>
      </dl>
      {moved && <p className="note-warning">{says.portTaken(gateway.wantedPort, gateway.port)}</p>}
      <form className="inline-form" onSubmit={submit} noValidate>
        <Field label={says.port} hint={says.portHint} error={errorFor(failure, "port", true) ?? errorFor(failure, "gateway")}>
          {(props) => (
            <input
              {...props}
              type="number"
              min={0}
              max={65535}
              value={port}
              disabled={!writable}
              onChange={(event) => setPort(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button" disabled={!writable || busy || port === String(config.gateway.port)}>
          {says.saveButton}
        </button>
      </form>
    </Section>
  );
}
