// When a node is woken, left in peace, and made ready: the sections about its hours.
import { useId } from "react";
import type { NodeId } from "../../../src-core/contract/ids.ts";
import { Weekday } from "../../../src-core/contract/node-hours.ts";
import { useSnapshot } from "../../client/home.ts";
import { count } from "../../format.ts";
import { Days } from "./Days.tsx";
import type { EditPartProps } from "./EditSections.tsx";
import { Fold } from "./Fold.tsx";
import { Rows } from "./Rows.tsx";
import { TextField } from "./TextField.tsx";

const night = { from: "22:00", to: "07:00", days: Weekday.options } as const;
const morning = { model: "", at: "08:45", days: Weekday.options } as const;

export function HoursSections({ node, ...part }: EditPartProps & { readonly node: NodeId }) {
  return (
    <>
      <Waking {...part} />
      <QuietHours {...part} />
      <WarmAt {...part} node={node} />
    </>
  );
}

function Waking({ draft, says, wrong, onChange }: EditPartProps) {
  const { wake } = draft;
  const change = (more: Partial<typeof wake>) => onChange({ wake: { ...wake, ...more } });
  const isUsed = Object.values(wake).some((text) => text !== "");
  return (
    <Fold title="Waking" holds={isUsed ? "by Wake-on-LAN" : "off"} open={isUsed || wrong("wake")}>
      <p className="hint">Asleep, it is woken for requests that no other node serves sooner. Its own settings must allow Wake-on-LAN.</p>
      <TextField
        label="Hardware address"
        hint="Of its network card. Empty: it is never woken."
        placeholder="3c:52:82:0a:1b:2c"
        error={says("wake.mac", wake.mac)}
        value={wake.mac}
        onChange={(mac) => change({ mac })}
      />
      <div className="field-pair">
        <TextField
          label="Broadcast address"
          hint="Empty: 255.255.255.255"
          error={says("wake.broadcast", wake.broadcast)}
          value={wake.broadcast}
          onChange={(broadcast) => change({ broadcast })}
        />
        <TextField
          label="Port"
          hint="Empty: 9"
          type="number"
          error={says("wake.port", wake.port)}
          value={wake.port}
          onChange={(port) => change({ port })}
        />
      </div>
      <TextField
        label="Address of its own, if it is in another network"
        error={says("wake.unicast", wake.unicast)}
        value={wake.unicast}
        onChange={(unicast) => change({ unicast })}
      />
    </Fold>
  );
}

function QuietHours({ draft: { quietHours }, says, wrong, onChange }: EditPartProps) {
  const holds = quietHours.length === 0 ? "none" : quietHours.map(({ from, to }) => `${from} to ${to}`).join(", ");
  return (
    <Fold title="Quiet hours" holds={holds} open={quietHours.length > 0 || wrong("quietHours")}>
      <p className="hint">It takes no new requests, loads nothing and is not woken. An end before the beginning is on the next day.</p>
      <Rows entries={quietHours} noun="hours" fresh={night} onChange={(all) => onChange({ quietHours: all })}>
        {(hours, index, change) => (
          <>
            <TextField
              label="From"
              type="time"
              error={says(`quietHours.${index}.from`, hours.from)}
              value={hours.from}
              onChange={(from) => change({ from })}
            />
            <TextField
              label="To"
              type="time"
              error={says(`quietHours.${index}.to`, hours.to)}
              value={hours.to}
              onChange={(to) => change({ to })}
            />
            <Days
              label={`Days of hours ${index + 1}`}
              days={hours.days}
              error={says(`quietHours.${index}.days`, "days")}
              onChange={(days) => change({ days })}
            />
          </>
        )}
      </Rows>
    </Fold>
  );
}

function WarmAt({ draft: { warmAt }, says, wrong, onChange, node }: EditPartProps & { readonly node: NodeId }) {
  const { fleet } = useSnapshot();
  const listId = useId();
  const names = Object.values(fleet.nodes[node]?.models ?? {}).map(({ id }) => id);
  return (
    <Fold
      title="Ready before work"
      holds={warmAt.length === 0 ? "none" : count(warmAt.length, "model")}
      open={warmAt.length > 0 || wrong("warmAt")}
    >
      <p className="hint">The model is in memory at this time: the node is woken where it sleeps, and loading begins early enough.</p>
      <datalist id={listId}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Rows entries={warmAt} noun="model" fresh={morning} onChange={(all) => onChange({ warmAt: all })}>
        {(warm, index, change) => (
          <>
            <TextField
              label="Model"
              list={listId}
              error={says(`warmAt.${index}.model`, warm.model)}
              value={warm.model}
              onChange={(model) => change({ model })}
            />
            <TextField
              label="At"
              type="time"
              error={says(`warmAt.${index}.at`, warm.at)}
              value={warm.at}
              onChange={(at) => change({ at })}
            />
            <Days
              label={`Days of model ${index + 1}`}
              days={warm.days}
              error={says(`warmAt.${index}.days`, "days")}
              onChange={(days) => change({ days })}
            />
          </>
        )}
      </Rows>
    </Fold>
  );
}
