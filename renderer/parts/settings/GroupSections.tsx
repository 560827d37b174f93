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
              <SwitchesSection {...shared} {...windowSwitches(config)} />
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
          <SwitchesSection {...shared} {...discoverySwitches(config, gateway.loopback)} />
          <HousesSection config={config} />
        </>
      );
    case "nodes":
      return (
        <>
          <NodesSection />
          <SwitchesSection {...shared} {...modelFileSwitches(config)} />
        </>
      );
    case "routing":
      return (
        <>
          {routingFigures.map((figures) => (
            <FiguresSection key={figures.name} {...shared} {...figures} />
          ))}
          <SwitchesSection {...shared} {...waitingSwitches(config)} />
        </>
      );
    case "privacy":
      return (
        <>
          <SwitchesSection {...shared} {...cloudSwitches(config)} />
          <SwitchesSection {...shared} {...imageSwitches(config)} />
          <CaptureSection config={config} />
          <KeptSection />
        </>
      );
    case "notifications":
      return <SwitchesSection {...shared} {...notificationSwitches(config)} />;
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
