// Light, dark, or as the system says.

import { applyTheme, type Theme } from "../../client/theme.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { Section } from "./Section.tsx";

const themes: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function ThemeSection({ config, writable, reload }: SectionProps) {
  const { failure, save } = useSave(reload);
  const choose = async (theme: Theme) => {
    const before = config.desktop.theme;
    applyTheme(theme);
    if (!(await save({ desktop: { ...config.desktop, theme } }, "Theme saved"))) applyTheme(before);
  };
  return (
    <Section title="Appearance" about="Colours of this window.">
      <fieldset className="segments" disabled={!writable}>
        <legend className="sr-only">Theme</legend>
        {themes.map(({ value, label }) => (
          <label key={value}>
            <input type="radio" name="theme" checked={config.desktop.theme === value} onChange={() => void choose(value)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
    </Section>
  );
}
