import { ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { CLAIM_EVENT_TYPES, CLAIM_STATUSES, NOTICE_TYPES } from '@claimwire/contracts';
import { ValidateBy } from 'class-validator';
import { IfStated, Instant, Nested, OneWord, Text } from '../http/fields.js';

export const EVENT_TYPES = ['*', ...CLAIM_EVENT_TYPES, ...NOTICE_TYPES] as const;
const MAX_VALUES = 100;
const MAX_LENGTH = 200;

const isText = (value: unknown) => typeof value === 'string' && value.length > 0 && value.length <= MAX_LENGTH;

/** A filter value: one text, or several of which any may match. */
function AnyOf(options: { values?: readonly string[]; description?: string } = {}): PropertyDecorator {
  const { values, description } = options;
  const one = { type: 'string', ...(values ? { enum: [...values] } : { maxLength: MAX_LENGTH }) };
  const isOne = (value: unknown) => isText(value) && (!values || values.includes(value as string));
  const check = ValidateBy({
    name: 'anyOf',
    validator: {
      validate: (value: unknown) =>
        isOne(value) || (Array.isArray(value) && value.length > 0 && value.length <= MAX_VALUES && value.every(isOne)),
      defaultMessage: () =>
        values
          ? `$property must be one or an array of ${values.join(', ')}`
          : `$property must be a text or an array of 1 to ${MAX_VALUES} texts`,
    },
  });
  const schema = ApiPropertyOptional({
    description,
    oneOf: [one, { type: 'array', items: one, minItems: 1, maxItems: MAX_VALUES }],
  });
  return (target, property) => {
    for (const decorate of [schema, IfStated(), check]) decorate(target, property);
  };
}

/** All must hold. */
export class Filters {
  @AnyOf()
  provider?: string | string[];

  @AnyOf({ description: 'Id of a connection.' })
  connection?: string | string[];

  @AnyOf({ values: CLAIM_STATUSES, description: 'The state after the fold.' })
  status?: string | string[];

  @AnyOf({ values: ['277', '835'] })
  transaction?: string | string[];

  @AnyOf()
  partnership?: string | string[];

  @AnyOf()
  environment?: string | string[];
}

export class CreateBinding {
  @OneWord(EVENT_TYPES, { description: '`*` = every type.' })
  eventType!: string;

  @Nested(() => Filters, { optional: true })
  filters?: Filters;
}

export class UpdateBinding extends PartialType(CreateBinding, { skipNullProperties: false }) {}

export class BindingView {
  @Text()
  id!: string;

  @OneWord(EVENT_TYPES)
  eventType!: string;

  @Nested(() => Filters)
  filters!: Filters;

  @Instant()
  createdAt!: string;
}
