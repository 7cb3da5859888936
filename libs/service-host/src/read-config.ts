import { type ValidationError, validateSync } from 'class-validator';
import { type ConfigClass, type SettingDescription, type SettingValue, settingsOf } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Defaults of one app over those of the config class, for example its port. */
export type SettingDefaults = Readonly<Record<string, SettingValue>>;

/** A config class may have rules that span several settings: one sentence per problem, with what to do. */
export interface CrossChecked {
  problems(): string[];
}

export type ConfigResult<T> = { ok: true; config: T } | { ok: false; problems: string[] };

/** Reads and checks every setting of `config`; collects all problems instead of stopping at the first. */
export function readConfig<T extends object>(
  config: ConfigClass<T>,
  env: Environment,
  defaults: SettingDefaults = {},
): ConfigResult<T> {
  const settings = withDefaults(settingsOf(config), defaults);
  const instance = new config();
  for (const setting of settings) Object.assign(instance, { [setting.name]: readValue(setting, env[setting.name]) });
  const errors = validateSync(instance, { skipUndefinedProperties: true, forbidUnknownValues: false });
  const problems = settings.flatMap((setting) => problemsOf(setting, instance, errors));
  if (problems.length === 0 && isCrossChecked(instance)) problems.push(...instance.problems());
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: instance };
}

export function withDefaults(settings: SettingDescription[], defaults: SettingDefaults): SettingDescription[] {
  return settings.map((setting) =>
    setting.name in defaults ? { ...setting, default: defaults[setting.name] } : setting,
  );
}

/** An empty variable counts as unset: compose files and charts cannot leave one out. */
function readValue(setting: SettingDescription, text: string | undefined): unknown {
  const trimmed = text?.trim();
  if (!trimmed) return setting.default ?? undefined;
  switch (setting.kind) {
    case 'number':
      return Number(trimmed);
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
    case 'list':
      return trimmed
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'text':
      return trimmed;
  }
}

function problemsOf(setting: SettingDescription, instance: object, errors: ValidationError[]): string[] {
  const value = (instance as Record<string, unknown>)[setting.name];
  if (value === undefined) return setting.optional ? [] : [`${setting.name} is not set: ${hint(setting)}`];
  if (setting.kind === 'number' && Number.isNaN(value)) return [`${setting.name} is not a number: ${hint(setting)}`];
  if (setting.kind === 'boolean' && typeof value !== 'boolean') {
    return [`${setting.name} is neither "true" nor "false": ${hint(setting)}`];
  }
  return errors
    .filter((error) => error.property === setting.name)
    .flatMap((error) => Object.values(error.constraints ?? {}))
    .map((message) => `${message}${setting.secret ? '' : ` (it is ${JSON.stringify(value)})`}: ${hint(setting)}`);
}

function hint({ name, help, unit }: SettingDescription): string {
  return `set ${name} to ${help}${unit ? ` (${unit})` : ''}`;
}

function isCrossChecked(instance: object): instance is CrossChecked {
  return 'problems' in instance && typeof instance.problems === 'function';
}
