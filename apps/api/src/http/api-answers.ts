import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';

class FieldErrorView {
  @ApiProperty({ description: 'Dotted path in the body or query; "" = the whole.' })
  path!: string;

  @ApiProperty()
  message!: string;
}

/** RFC 9457 problem details, as application/problem+json. */
export class ProblemView {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty()
  status!: number;

  @ApiPropertyOptional()
  detail?: string;

  @ApiPropertyOptional({ type: FieldErrorView, isArray: true })
  errors?: FieldErrorView[];
}

const problem = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemView) } } };
const Problems = () =>
  applyDecorators(
    ApiExtraModels(ProblemView),
    ApiResponse({ status: '4XX' as never, description: 'What is wrong with the request', content: problem }),
  );

export const ApiOne = (type: Type) => applyDecorators(ApiOkResponse({ type }), Problems());

export const ApiCreated = (type: Type) =>
  applyDecorators(ApiCreatedResponse({ type }), ApiIdempotencyKey(), Problems());

/** A POST that makes something happen. */
export const ApiDone = (type: Type) => applyDecorators(ApiOkResponse({ type }), ApiIdempotencyKey(), Problems());

export const ApiGone = () => applyDecorators(ApiNoContentResponse(), Problems());

export const ApiPage = (type: Type) =>
  applyDecorators(
    ApiExtraModels(type),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['data', 'nextCursor'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(type) } },
          nextCursor: { type: 'string', nullable: true, description: 'null = this was the last page.' },
        },
      },
    }),
    Problems(),
  );

const ApiIdempotencyKey = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same request with the same key gets the first answer again, for 24 hours.',
  });
