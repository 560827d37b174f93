// When a node is woken, left in peace, and made ready: the sections about its hours.
import { useId } from "react";
import type { NodeId } from "../../../src-core/contract/ids.ts";
import { Weekday } from "../../../src-core/contract/node-hours.ts";
import { useSnapshot } from "../../client/home.ts";
import { words } from "../../language/words.ts";
import { Days } from "./Days.tsx";
import type { EditPartProps } from "./EditSections.tsx";
import { Fold } from "./Fold.tsx";
import { Rows } from "./Rows.tsx";
import { TextField } from "./TextField.tsx";

const { hours: say } = words.nodeForms;

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
    <Fold title={say.waking} holds={say.wakingHolds(isUsed)} open={isUsed || wrong("wake")}>
      <p className="hint">{say.wakingHint}</p>
      <TextField
        label={say.mac}
        hint={say.macHint}
        placeholder="3c:52:82:0a:1b:2c"
        error={says("wake.mac", wake.mac)}
        value={wake.mac}
        onChange={(mac) => change({ mac })}
      />
      <div className="field-pair">
        <TextField
          label={say.broadcast}
          hint={say.emptyMeans("255.255.255.255")}
          error={says("wake.broadcast", wake.broadcast)}
          value={wake.broadcast}
          onChange={(broadcast) => change({ broadcast })}
        />
        <TextField
          label={say.port}
          hint={say.emptyMeans("9")}
          type="number"
          error={says("wake.port", wake.port)}
          value={wake.port}
          onChange={(port) => change({ port })}
        />
      </div>
      <TextField
        label={say.unicast}
        error={says("wake.unicast", wake.unicast)}
        value={wake.unicast}
        onChange={(unicast) => change({ unicast })}
      />
    </Fold>
  );
}

function QuietHours({ draft: { quietHours }, says, wrong, onChange }: EditPartProps) {
  return (
    <Fold title={say.quiet} holds={say.quietHolds(quietHours)} open={quietHours.length > 0 || wrong("quietHours")}>
      <p className="hint">{say.quietHint}</p>
      <Rows entries={quietHours} says={say.spans} fresh={night} onChange={(all) => onChange({ quietHours: all })}>
        {(hours, index, change) => (
          <>
            <TextField
              label={say.from}
              type="time"
              error={says(`quietHours.${index}.from`, hours.from)}
              value={hours.from}
              onChange={(from) => change({ from })}
            />
            <TextField
              label={say.to}
              type="time"
              error={says(`quietHours.${index}.to`, hours.to)}
              value={hours.to}
              onChange={(to) => change({ to })}
            />
            <Days
              label={say.spanDays(index + 1)}
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
    <Fold title={say.warm} holds={say.warmHolds(warmAt.length)} open={warmAt.length > 0 || wrong("warmAt")}>
      <p className="hint">{say.warmHint}</p>
      <datalist id={listId}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Rows entries={warmAt} says={say.models} fresh={morning} onChange={(all) => onChange({ warmAt: all })}>
        {(warm, index, change) => (
          <>
            <TextField
              label={say.model}
              list={listId}
              error={says(`warmAt.${index}.model`, warm.model)}
              value={warm.model}
              onChange={(model) => change({ model })}
            />
            <TextField
              label={say.at}
              type="time"
              error={says(`warmAt.${index}.at`, warm.at)}
              value={warm.at}
              onChange={(at) => change({ at })}
            />
            <Days
              label={say.modelDays(index + 1)}
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
