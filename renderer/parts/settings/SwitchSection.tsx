// The switches: discovery, notifications and, in the desktop app, what its window does. Each takes effect at once.
import { useSnapshot } from "../../client/home.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { Toggle } from "../Field.tsx";
import { Section } from "./Section.tsx";

function advertiseHint(loopback: boolean): string {
  const what = "Other machines see its name, port and version by multicast DNS.";
  return loopback ? `${what} It listens on this computer only now, so nothing is announced.` : what;
}

export function SwitchSection({ config, writable, reload }: SectionProps) {
  const { app, gateway } = useSnapshot();
  const { failure, busy, save } = useSave(reload);
  const disabled = !writable || busy;
  const { discovery, notifications, desktop } = config;
  const saved = (on: boolean, what: string) => `${what} turned ${on ? "on" : "off"}`;
  return (
    <>
      <Section
        title="Discovery"
        about="At its first start Homeport looks at the usual ports of this computer. Your network is searched only when you ask for it."
      >
        <Toggle
          label="Look for model servers on this computer"
          checked={discovery.enabled}
          disabled={disabled}
          onChange={(enabled) => void save({ discovery: { ...discovery, enabled } }, saved(enabled, "Discovery"))}
        />
        <Toggle
          label="Announce this gateway to the network"
          hint={advertiseHint(gateway.loopback)}
          checked={discovery.advertise}
          disabled={disabled}
          onChange={(advertise) => void save({ discovery: { ...discovery, advertise } }, saved(advertise, "Announcing"))}
        />
      </Section>
      <Section title="Notifications" about="Rare, and each kind can be turned off. Everything lands in the inbox as well.">
        <Toggle
          label="A node stops or starts getting requests"
          checked={notifications.breaker}
          disabled={disabled}
          onChange={(breaker) => void save({ notifications: { ...notifications, breaker } }, saved(breaker, "Node notifications"))}
        />
        <Toggle
          label="A load failed, or finished after a long while"
          checked={notifications.loads}
          disabled={disabled}
          onChange={(loads) => void save({ notifications: { ...notifications, loads } }, saved(loads, "Load notifications"))}
        />
      </Section>
      {app.desktop && (
        <Section title="Window" about="Closing the window and quitting are two things; Quit is in the tray menu.">
          <Toggle
            label="Keep running in the tray when the window is closed"
            checked={desktop.closeToTray}
            disabled={disabled}
            onChange={(closeToTray) => void save({ desktop: { ...desktop, closeToTray } }, saved(closeToTray, "Close to tray"))}
          />
          <Toggle
            label="Start without a window"
            checked={desktop.startHidden}
            disabled={disabled}
            onChange={(startHidden) => void save({ desktop: { ...desktop, startHidden } }, saved(startHidden, "Start hidden"))}
          />
        </Section>
      )}
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
    </>
  );
}
