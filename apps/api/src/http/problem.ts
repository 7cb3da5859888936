/** One field that is not as it must be. */
export interface FieldError {
  /** Dotted path in the body or query, for example "auth.secrets.0.value"; "" = the whole. */
  path: string;
  message: string;
}

/** Body of an error answer (RFC 9457), sent as application/problem+json. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: FieldError[];
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request not complete',
  409: 'Conflict',
  410: 'Gone',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available now',
};

/** An answer other than success. `detail` is for people and never holds a value that the caller sent as a secret. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly detail?: string,
    readonly errors?: FieldError[],
  ) {
    super(detail ?? TITLES[status]);
  }

  toBody(): ProblemBody {
    return {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      ...(this.detail ? { detail: this.detail } : {}),
      ...(this.errors ? { errors: this.errors } : {}),
    };
  }
}

/** Also for another tenant's object: whether it exists is not said. */
export const notFound = (what: string): Problem => new Problem(404, `There is no such ${what}.`);

/** @param errors at least one */
export const notValid = (errors: FieldError[]): Problem =>
  new Problem(422, 'The request has fields that are not valid; errors[] names them.', errors);

export const fieldNotValid = (path: string, message: string): Problem => notValid([{ path, message }]);
