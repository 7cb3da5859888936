import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { findMisshapen } from './find-misshapen.js';
import { notValid, Problem, type FieldError } from './problem.js';
import { shownName } from './shown-name.js';

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  // a message never repeats the value: it may be a secret
  validationError: { target: false, value: false },
};

/** Errors of a whole object as flat dotted paths under `prefix`. */
export function flattenErrors(errors: ValidationError[], prefix = ''): FieldError[] {
  return errors.flatMap((error) => {
    const name = shownName(error.property);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const messages = Object.values(error.constraints ?? {});
    const own = messages.map((message) => ({ path, message: message.replaceAll(error.property, name) }));
    return [...own, ...flattenErrors(error.children?.filter(isNamed) ?? [], path)];
  });
}

/** One without a name says only that a value is no instance of a known class; what holds it says what it should be. */
const isNamed = ({ property }: ValidationError): boolean => property !== undefined;

/** @returns what is wrong with `value` as an instance of `type`, under `prefix`; empty = valid */
export async function validateAs<T extends object>(
  type: ClassConstructor<T>,
  value: object,
  prefix = '',
): Promise<{ instance: T; errors: FieldError[] }> {
  const misshapen = findMisshapen(value, prefix);
  if (misshapen) return { instance: new type(), errors: [misshapen] };
  const instance = plainToInstance(type, value);
  return { instance, errors: flattenErrors(await validate(instance, RULES), prefix) };
}

const PRIMITIVES: unknown[] = [String, Number, Boolean, Array, Object, undefined];

/** Turns bodies and queries into their DTO classes: 422 for a body, 400 for a query, with every bad field named. */
@Injectable()
export class DtoPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || PRIMITIVES.includes(metatype)) return value;
    const input = value ?? {};
    if (typeof input !== 'object' || Array.isArray(input)) {
      throw new Problem(422, 'The body must be a JSON object.', [{ path: '', message: 'must be a JSON object' }]);
    }
    const { instance, errors } = await validateAs(metatype as ClassConstructor<object>, input);
    if (errors.length === 0) return instance;
    throw type === 'query'
      ? new Problem(400, 'The query has parameters that are not valid.', errors)
      : notValid(errors);
  }
}
