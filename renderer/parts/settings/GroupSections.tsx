// Which sections stand in which group of the settings.
import { useSnapshot } from "../../client/home.ts";
import type { SectionProps } from "../../client/use-save.ts";
import { routingFigures } from "../../settings/figures.ts";
import type { Group } from "../../settings/groups.ts";
import {
  cloudSwitches,
  discoverySwitches,
  imageSwitches,
  modelFileSwitches,
  notificationSwitches,
  waitingSwitches,
  windowSwitches,
} from "../../settings/switches.ts";
import { AllowedSection } from "./AllowedSection.tsx";
import { CaptureSection } from "./CaptureSection.tsx";
import { DoctorSection } from "./DoctorSection.tsx";
import { DocumentSection } from "./DocumentSection.tsx";
import { EffectiveSection } from "./EffectiveSection.tsx";
import { FiguresSection } from "./FiguresSection.tsx";
import { GatewaySection } from "./GatewaySection.tsx";
import { HousesSection } from "./HousesSection.tsx";
import { KeptSection } from "./KeptSection.tsx";
import { KeysSection } from "./KeysSection.tsx";
import { NodesSection } from "./NodesSection.tsx";
import { QuittingSection } from "./QuittingSection.tsx";
import { SwitchesSection } from "./SwitchesSection.tsx";
import { ThemeSection } from "./ThemeSection.tsx";

interface GroupSectionsProps extends SectionProps {
  readonly group: Group;
}

export function GroupSections({ group, ...shared }: GroupSectionsProps) {
  const { app, gateway } = useSnapshot();
  const { config } = shared;
  switch (group) {
    case "general":
      return (
        <>
          <ThemeSection {...shared} />
          {app.desktop && (
            <>
              <SwitchesSection
                {...shared}
                title="Window"
                about="Closing, quitting and logging in are three things."
                switches={windowSwitches(config)}
              />
              <QuittingSection {...shared} />
            </>
          )}
        </>
      );
    case "network":
      return (
        <>
          <GatewaySection {...shared} />
          <AllowedSection {...shared} />
          <SwitchesSection
            {...shared}
            title="Discovery"
            about="At its first start Homeport looks at the usual ports of this computer. Your network is searched only when you ask for it."
            switches={discoverySwitches(config, gateway.loopback)}
          />
          <HousesSection config={config} />
        </>
      );
    case "nodes":
      return (
        <>
          <NodesSection />
          <SwitchesSection
            {...shared}
            title="Model files"
            about="What is on a node's disk is for good, so both are off until you turn them on."
            switches={modelFileSwitches(config)}
          />
        </>
      );
    case "routing":
      return (
        <>
          {routingFigures.map((figures) => (
            <FiguresSection key={figures.name} {...shared} {...figures} />
          ))}
          <SwitchesSection
            {...shared}
            title="While a model loads"
            about="Whoever waits hears a sign of life each five seconds, which no app shows."
            switches={waitingSwitches(config)}
          />
        </>
      );
    case "privacy":
      return (
        <>
          <SwitchesSection
            {...shared}
            title="Cloud"
            about="Nodes outside your house. While this is off, they are listed and get nothing."
            switches={cloudSwitches(config)}
          />
          <SwitchesSection
            {...shared}
            title="Pictures"
            about="Some nodes take no addresses, only the picture itself."
            switches={imageSwitches(config)}
          />
          <CaptureSection config={config} />
          <KeptSection />
        </>
      );
    case "notifications":
      return (
        <SwitchesSection
          {...shared}
          title="Notifications"
          about="Rare, and each kind can be turned off. Everything lands in the inbox as well."
          switches={notificationSwitches(config)}
        />
      );
    case "keys":
      return <KeysSection />;
    case "advanced":
      return (
        <>
          <DoctorSection writable={shared.writable} reload={shared.reload} />
          <EffectiveSection config={config} />
          <DocumentSection writable={shared.writable} reload={shared.reload} />
        </>
      );
  }
}
