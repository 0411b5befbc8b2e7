import { MoonIcon, SunIcon, SystemIcon } from '../ui/icons.tsx';
import { useStore } from './store.ts';
import { chooseTheme, theme, type Theme } from './theme.ts';
import styles from './theme-toggle.module.css';

const THEMES: { name: Theme; label: string; Icon: typeof SunIcon }[] = [
  { name: 'light', label: 'Light', Icon: SunIcon },
  { name: 'system', label: 'As the system', Icon: SystemIcon },
  { name: 'dark', label: 'Dark', Icon: MoonIcon },
];

export function ThemeToggle() {
  const chosen = useStore(theme);
  return (
    <fieldset className={styles.toggle}>
      <legend className="visually-hidden">Colours</legend>
      {THEMES.map(({ name, label, Icon }) => (
        <label key={name} title={label}>
          <input
            type="radio"
            name="theme"
            className="visually-hidden"
            checked={chosen === name}
            onChange={() => chooseTheme(name)}
          />
          <Icon size={16} />
          <span className="visually-hidden">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
