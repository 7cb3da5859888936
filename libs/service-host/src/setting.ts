import 'reflect-metadata';

export type SettingValue = string | number | boolean | readonly string[];

/** What `--help` says about one setting, and how its text is read. */
export interface SettingOptions {
  /** One clause: what it decides. Stands in `--help` and in the error message. */
  help: string;
  /** For example "ms", "bytes", "connections". */
  unit?: string;
  /** Value where the variable is unset or empty. Without one the setting is required, unless `optional`. */
  default?: SettingValue;
  /** It may stay undefined: its validators are then skipped. */
  optional?: boolean;
  /** Never printed: neither its value in an error nor its default in `--help`. */
  secret?: boolean;
}

export type SettingKind = 'text' | 'number' | 'boolean' | 'list';

export interface SettingDescription extends SettingOptions {
  /** Property and environment variable. */
  name: string;
  kind: SettingKind;
}

/** A class of settings: every decorated property is one environment variable of the same name. */
export type ConfigClass<T extends object = object> = new () => T;

const DESCRIPTIONS = Symbol('claimwire:settings');

const KINDS = new Map<unknown, SettingKind>([
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Array, 'list'],
]);

/**
 * Marks a property of a config class as an environment setting. Its kind follows from the property's type: number,
 * boolean ("true"/"false"), string[] (a comma list), else text. Rules are class-validator decorators beside it.
 */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const type: unknown = Reflect.getMetadata('design:type', prototype, property);
    const kind = KINDS.get(type) ?? 'text';
    const own = new Map(ownDescriptions(prototype));
    own.set(String(property), { ...options, name: String(property), kind });
    Reflect.defineMetadata(DESCRIPTIONS, own, prototype);
  };
}

/** The settings of a class and its bases, the bases' first; a redeclared property replaces the inherited one. */
export function settingsOf(config: ConfigClass): SettingDescription[] {
  const merged = new Map<string, SettingDescription>();
  for (const prototype of prototypeChain(config.prototype as object)) {
    for (const [name, description] of ownDescriptions(prototype)) merged.set(name, description);
  }
  return [...merged.values()];
}

function prototypeChain(prototype: object | null): object[] {
  return prototype ? [...prototypeChain(Object.getPrototypeOf(prototype) as object | null), prototype] : [];
}

function ownDescriptions(prototype: object): Map<string, SettingDescription> {
  const own = Reflect.getOwnMetadata(DESCRIPTIONS, prototype) as Map<string, SettingDescription> | undefined;
  return own ?? new Map<string, SettingDescription>();
}
