// NATS and other gateways, as they are written. Read only: they come with certificates and files, which a person writes into the settings.
import type { Config } from "../../../src-core/contract/config.ts";
import { secretPlace } from "../../../src-core/contract/secret-ref.ts";
import { Rich } from "../../language/Rich.tsx";
import { words } from "../../language/words.ts";
import { Section } from "./Section.tsx";

const { houses } = words.settings;

export function HousesSection({ config: { nats, cluster } }: { readonly config: Config }) {
  return (
    <Section title={houses.title} about={houses.about}>
      <dl className="facts">
        <dt>{houses.workers}</dt>
        <dd>{nats === undefined ? houses.noWorkers : <code>{nats.url}</code>}</dd>
        {nats?.credentials !== undefined && <Credentials place={secretPlace(nats.credentials)} />}
        <dt>{houses.gateways}</dt>
        <dd>
          {cluster === undefined ? (
            houses.noGateways
          ) : (
            <span>
              <Rich text={houses.group} parts={{ name: cluster.name, address: <code>{cluster.nats}</code> }} />
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
      <dt>{houses.credentials}</dt>
      <dd>
        <code>{place}</code>
      </dd>
    </>
  );
}
