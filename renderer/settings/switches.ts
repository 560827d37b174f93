// The switches of the settings, section by section: which part of the configuration each shows and changes.
import type { Config } from "../../src-core/contract/config.ts";
import { NotificationSwitches } from "../../src-core/contract/notification-switches.ts";
import { words } from "../language/words.ts";
import type { SwitchGroup } from "../parts/settings/SwitchesSection.tsx";

const says = words.settings.switches;

/** `loopback`: it listens on this computer only. */
export function discoverySwitches({ discovery }: Config, loopback: boolean): SwitchGroup {
  const { title, about, enabled, advertise, advertiseInVain } = says.discovery;
  return {
    title,
    about,
    switches: [
      { ...enabled, checked: discovery.enabled, change: (on) => ({ discovery: { ...discovery, enabled: on } }) },
      {
        ...advertise,
        hint: loopback ? advertiseInVain : advertise.hint,
        checked: discovery.advertise,
        change: (on) => ({ discovery: { ...discovery, advertise: on } }),
      },
    ],
  };
}

export function modelFileSwitches({ modelFiles }: Config): SwitchGroup {
  const { title, about, pull, remove } = says.modelFiles;
  return {
    title,
    about,
    switches: [
      { ...pull, checked: modelFiles.pull, change: (on) => ({ modelFiles: { ...modelFiles, pull: on } }) },
      { ...remove, checked: modelFiles.remove, change: (on) => ({ modelFiles: { ...modelFiles, remove: on } }) },
    ],
  };
}

export function cloudSwitches({ cloud }: Config): SwitchGroup {
  const { title, about, allowed } = says.cloud;
  return { title, about, switches: [{ ...allowed, checked: cloud.allowed, change: (on) => ({ cloud: { ...cloud, allowed: on } }) }] };
}

export function waitingSwitches({ loads }: Config): SwitchGroup {
  const { title, about, tellInReasoning } = says.loads;
  return {
    title,
    about,
    switches: [{ ...tellInReasoning, checked: loads.tellInReasoning, change: (on) => ({ loads: { ...loads, tellInReasoning: on } }) }],
  };
}

export function imageSwitches({ images }: Config): SwitchGroup {
  const { title, about, fetch, fetchPrivate } = says.images;
  return {
    title,
    about,
    switches: [
      { ...fetch, checked: images.fetch, change: (on) => ({ images: { ...images, fetch: on } }) },
      { ...fetchPrivate, checked: images.fetchPrivate, change: (on) => ({ images: { ...images, fetchPrivate: on } }) },
    ],
  };
}

export function windowSwitches({ desktop }: Config): SwitchGroup {
  const { title, about, ...texts } = says.window;
  const keys = ["closeToTray", "minimizeToTray", "openAtLogin", "startHidden"] as const;
  const switches = keys.map((key) => ({
    ...texts[key],
    checked: desktop[key],
    change: (on: boolean) => ({ desktop: { ...desktop, [key]: on } }),
  }));
  return { title, about, switches };
}

export function notificationSwitches({ notifications }: Config): SwitchGroup {
  const { title, about, news, newsName } = says.notifications;
  const switches = NotificationSwitches.unwrap()
    .keyof()
    .options.map((key) => ({
      ...news[key],
      name: newsName(news[key].label),
      checked: notifications[key],
      change: (on: boolean) => ({ notifications: { ...notifications, [key]: on } }),
    }));
  return { title, about, switches };
}
