import { THEMES, type ThemeChoice } from "../state/useTheme";
import { Icon, type IconName } from "./Icon";

const LOOK: Record<ThemeChoice, { icon: IconName; name: string }> = {
  system: { icon: "screen", name: "System theme" },
  light: { icon: "sun", name: "Light theme" },
  dark: { icon: "moon", name: "Dark theme" },
};

export function ThemeToggle({ choice, onChoose }: { choice: ThemeChoice; onChoose: (choice: ThemeChoice) => void }) {
  return (
    <fieldset className="fpa-segments" aria-label="Theme">
      {THEMES.map((theme) => (
        <button
          key={theme}
          type="button"
          className="fpa-segment !px-2"
          aria-pressed={theme === choice}
          aria-label={LOOK[theme].name}
          title={LOOK[theme].name}
          onClick={() => onChoose(theme)}
        >
          <Icon name={LOOK[theme].icon} />
        </button>
      ))}
    </fieldset>
  );
}
