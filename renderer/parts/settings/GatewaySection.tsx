// Where clients reach Homeport: the address in effect, and the port that is asked for. The two may differ (F54), and then both are shown.
import { type FormEvent, useState } from "react";
import { useSnapshot } from "../../client/home.ts";
import { errorFor, type SectionProps, useSave } from "../../client/use-save.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

export function GatewaySection({ config, writable, reload }: SectionProps) {
  const { gateway } = useSnapshot();
  const { failure, busy, save } = useSave(reload);
  const [port, setPort] = useState(String(config.gateway.port));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ gateway: { ...config.gateway, port: port.trim() === "" ? Number.NaN : Number(port) } }, "Gateway port saved");
  };
  const moved = gateway.wantedPort !== 0 && gateway.port !== gateway.wantedPort;
  return (
    <Section title="Gateway" about="The one address your clients use.">
      <dl className="facts">
        <dt>OpenAI clients</dt>
        <dd>
          <code>{gateway.url}/v1</code> <CopyButton text={`${gateway.url}/v1`} what="address for OpenAI clients" />
        </dd>
        <dt>Ollama clients</dt>
        <dd>
          <code>{gateway.url}</code> <CopyButton text={gateway.url} what="address for Ollama clients" />
        </dd>
        <dt>Reachable from</dt>
        <dd>{gateway.loopback ? "this computer only" : "other machines too"}</dd>
        <dt>Key</dt>
        <dd>{gateway.keyRequired ? "required; clients send it as Bearer" : "none; any text is accepted"}</dd>
      </dl>
      {moved && (
        <p className="note-warning">
          Port {gateway.wantedPort} was taken by another program, so Homeport listens on {gateway.port}.
        </p>
      )}
      <form className="inline-form" onSubmit={submit} noValidate>
        <Field
          label="Port"
          hint="4663 spells HOME. 0 takes any free port."
          error={errorFor(failure, "port", true) ?? errorFor(failure, "gateway")}
        >
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
          Save port
        </button>
      </form>
    </Section>
  );
}
