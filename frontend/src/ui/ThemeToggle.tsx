import type { Theme } from "../props";
import { Icon, type IconName } from "./Icon";

const LOOK: Record<Theme, { icon: IconName; name: string }> = {
  inherit: { icon: "screen", name: "Theme of the application" },
  system: { icon: "screen", name: "System theme" },
  light: { icon: "sun", name: "Light theme" },
  dark: { icon: "moon", name: "Dark theme" },
};

interface ThemeToggleProps {
  choices: readonly Theme[];
  choice: Theme;
  choose: (choice: Theme) => void;
}

export function ThemeToggle({ choices, choice, choose }: ThemeToggleProps) {
  return (
    <fieldset className="fpa-segments" aria-label="Theme">
      {choices.map((theme) => (
        <button
          key={theme}
          type="button"
          className="fpa-segment !px-2"
          aria-pressed={theme === choice}
          aria-label={LOOK[theme].name}
          title={LOOK[theme].name}
          onClick={() => choose(theme)}
        >
          <Icon name={LOOK[theme].icon} />
        </button>
      ))}
    </fieldset>
  );
}
