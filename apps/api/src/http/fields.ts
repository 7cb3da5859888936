import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Field decorators that state a rule once, for the check and for the OpenAPI document alike. */

interface Common {
  description?: string;
  optional?: boolean;
  nullable?: boolean;
  default?: unknown;
  example?: unknown;
}

/** Unlike IsOptional it lets no null through: what may be null says so. */
export const IfStated = () => ValidateIf((_object, value) => value !== undefined);

type Schema = Record<string, unknown>;

function field(common: Common, schema: Schema, ...checks: PropertyDecorator[]): PropertyDecorator {
  const { optional, nullable, ...described } = common;
  const options = { ...schema, ...described, ...(nullable ? { nullable: true } : {}) };
  const presence = [
    ...(optional ? [IfStated()] : []),
    ...(nullable ? [ValidateIf((_object, value) => value !== null)] : []),
  ];
  return applyDecorators(optional ? ApiPropertyOptional(options) : ApiProperty(options), ...presence, ...checks);
}

export function Text(options: Common & { min?: number; max?: number; pattern?: RegExp; hint?: string } = {}) {
  const { min = 1, max = 2_000, pattern, hint, ...common } = options;
  const checks = [IsString(), MinLength(min), MaxLength(max)];
  if (pattern) checks.push(Matches(pattern, hint ? { message: `$property must be ${hint}` } : {}));
  return field(common, { type: 'string', minLength: min, maxLength: max, pattern: pattern?.source }, ...checks);
}

/** Like Text; written only, never in an answer. */
export function Secret(options: Common & { min?: number; max?: number } = {}) {
  const { min = 1, max = 4_096, ...common } = options;
  const schema = { type: 'string', minLength: min, maxLength: max, writeOnly: true };
  return field(common, schema, IsString(), MinLength(min), MaxLength(max));
}

export function OneWord(values: readonly string[], options: Common = {}) {
  return field(options, { type: 'string', enum: [...values] }, IsIn(values));
}

const readDigits = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;

/** In a query numbers are texts, so digits will do everywhere; nothing else is made a number: `true` is not 1. */
export function Whole(options: Common & { min: number; max: number }) {
  const { min, max, ...common } = options;
  return field(
    common,
    { type: 'integer', minimum: min, maximum: max },
    Transform(({ value }: { value: unknown }) => readDigits(value)),
    IsInt(),
    Min(min),
    Max(max),
  );
}

export function Decimal(options: Common & { min: number; max: number }) {
  const { min, max, ...common } = options;
  return field(common, { type: 'number', minimum: min, maximum: max }, IsNumber(), Min(min), Max(max));
}

export function YesNo(options: Common = {}) {
  return field(options, { type: 'boolean' }, IsBoolean());
}

/** Of ISO 8601 what Date and PostgreSQL both read as the same: no weeks, no day alone of a year, no offset beyond 15 hours. */
const POINT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-](0\d|1[0-5]):?\d{2})?)?$/;

const IsPoint = () =>
  ValidateBy({
    name: 'point',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && POINT.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () => '$property must be a day or a time like 2025-03-11T14:35:00Z',
    },
  });

export function Instant(options: Common = {}) {
  return field(
    options,
    { type: 'string', format: 'date-time' },
    IsISO8601({ strict: true, strictSeparator: true }),
    IsPoint(),
  );
}

export function Json(options: Common = {}) {
  return field(options, { type: 'object', additionalProperties: true }, IsObject());
}

export function Texts(options: Common & { max?: number; maxLength?: number } = {}) {
  const { max = 100, maxLength = 200, ...common } = options;
  return field(
    common,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength }, maxItems: max },
    IsArray(),
    ValidateBy({
      name: 'texts',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) &&
          value.length <= max &&
          value.every((item) => typeof item === 'string' && item.length > 0 && item.length <= maxLength),
        defaultMessage: () => `$property must be at most ${max} texts of 1 to ${maxLength} characters`,
      },
    }),
  );
}

/** Nest tells a function that gives a class from the class itself by this very name. */
const lazy = (give: () => new () => object) => ({ type: () => give() }).type;

export function Nested(type: () => new () => object, options: Common = {}) {
  const { optional, description } = options;
  const described = { type: lazy(type), description };
  return applyDecorators(
    optional ? ApiPropertyOptional(described) : ApiProperty(described),
    ...(optional ? [IfStated()] : []),
    IsObject(),
    ValidateNested(),
    Type(type),
  );
}

export function NestedList(type: () => new () => object, options: Common & { min?: number; max?: number } = {}) {
  const { min = 1, max = 20, optional, description } = options;
  const described = { type: lazy(type), isArray: true, minItems: min, maxItems: max, description };
  return applyDecorators(
    optional ? ApiPropertyOptional(described) : ApiProperty(described),
    ...(optional ? [IfStated()] : []),
    IsArray(),
    ValidateBy({
      name: 'size',
      validator: {
        validate: (value: unknown) => Array.isArray(value) && value.length >= min && value.length <= max,
        defaultMessage: () => `$property must have ${min} to ${max} items`,
      },
    }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

type Variants = Record<string, new () => object>;

function variantOf(variants: Variants, value: unknown): (new () => object) | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  const { type } = value;
  return typeof type === 'string' && Object.hasOwn(variants, type) ? variants[type] : undefined;
}

/** A tagged union: `type` names the class that the object is checked as. The controller names the classes as extra models. */
export function Variant(variants: Variants, options: Common = {}) {
  const { optional, description, default: preset } = options;
  const classes = Object.values(variants);
  const names = Object.keys(variants).join(', ');
  const described = {
    description,
    default: preset,
    oneOf: classes.map((type) => ({ $ref: getSchemaPath(type) })),
  };
  return applyDecorators(
    optional ? ApiPropertyOptional(described) : ApiProperty(described),
    ...(optional ? [IfStated()] : []),
    Transform(({ value }: { value: unknown }) => {
      const type = variantOf(variants, value);
      return type ? plainToInstance(type, value) : value;
    }),
    ValidateBy({
      name: 'variant',
      validator: {
        validate: (value: unknown) => variantOf(variants, value) !== undefined,
        defaultMessage: () => `$property.type must be one of ${names}`,
      },
    }),
    ValidateNested(),
  );
}
