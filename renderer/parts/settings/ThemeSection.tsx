// Light, dark, or as the system says.
import { applyTheme, type Theme } from "../../client/theme.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { words } from "../../language/words.ts";
import { Section } from "./Section.tsx";

const { appearance } = words.settings;
const themes: readonly Theme[] = ["system", "light", "dark"];

export function ThemeSection({ config, writable, reload }: SectionProps) {
  const { failure, save } = useSave(reload);
  const choose = async (theme: Theme) => {
    const before = config.desktop.theme;
    applyTheme(theme);
    if (!(await save({ desktop: { ...config.desktop, theme } }, appearance.saved))) applyTheme(before);
  };
  return (
    <Section title={appearance.title} about={appearance.about}>
      <fieldset className="segments" disabled={!writable}>
        <legend className="sr-only">{appearance.theme}</legend>
        {themes.map((theme) => (
          <label key={theme}>
            <input type="radio" name="theme" checked={config.desktop.theme === theme} onChange={() => void choose(theme)} />
            <span>{appearance.themes[theme]}</span>
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
