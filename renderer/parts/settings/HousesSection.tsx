// NATS and other gateways, as they are written. Read only: they come with certificates and files, which a person writes into the settings.
import type { Config } from "../../../src-core/contract/config.ts";
import { secretPlace } from "../../../src-core/contract/secret-ref.ts";
import { Section } from "./Section.tsx";

export function HousesSection({ config: { nats, cluster } }: { readonly config: Config }) {
  return (
    <Section
      title="Workers and gateways"
      about="Workers found over NATS, and gateways that share loads and budgets. Change them in the settings document, under Advanced."
    >
      <dl className="facts">
        <dt>Workers on NATS</dt>
        <dd>{nats === undefined ? "none are looked for" : <code>{nats.url}</code>}</dd>
        {nats?.credentials !== undefined && <Credentials place={secretPlace(nats.credentials)} />}
        <dt>Other gateways</dt>
        <dd>
          {cluster === undefined ? (
            "none; this one decides alone"
          ) : (
            <span>
              group “{cluster.name}” at <code>{cluster.nats}</code>
            </span>
          )}
        </dd>
        {cluster?.credentials !== undefined && <Credentials place={secretPlace(cluster.credentials)} />}
      </dl>
    </Section>
  );
}

function Credentials({ place }: { readonly place: string }) {
  return (
    <>
      <dt>Its credentials</dt>
      <dd>
        <code>{place}</code>
      </dd>
    </>
  );
}
