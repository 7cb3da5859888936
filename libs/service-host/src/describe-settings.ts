import { type SettingDefaults, withDefaults } from './read-config.js';
import { type ConfigClass, type SettingDescription, settingsOf } from './setting.js';

/** The text of `--help`: one row per environment variable with its default, unit and meaning. */
export function describeSettings(name: string, config: ConfigClass, defaults: SettingDefaults = {}): string {
  // Those that every OpenTelemetry process has come last: a reader looks for ours.
  const settings = withDefaults(settingsOf(config), defaults).toSorted(
    (a, b) => Number(isForeign(a)) - Number(isForeign(b)),
  );
  const rows = [
    ['SETTING', 'DEFAULT', 'UNIT', 'MEANING'],
    ...settings.map((setting) => [setting.name, defaultText(setting), setting.unit ?? '', setting.help]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${name}: settings, all read from the environment\n\n${lines.join('\n')}\n`;
}

const isForeign = ({ name }: SettingDescription): boolean => name.startsWith('OTEL_');

function defaultText({ default: fallback, optional, secret }: SettingDescription): string {
  if (fallback === undefined) return optional ? '(none)' : '(required)';
  if (secret) return '(secret)';
  if (typeof fallback === 'object') return fallback.length > 0 ? fallback.join(',') : '(empty)';
  return fallback === '' ? '(empty)' : String(fallback);
}
