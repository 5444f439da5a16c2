/**
 * The closed set of failures the platform speaks of. Every code has an HTTP status, says whether a retry can help, and
 * carries a hint that tells the reader what to do; adding a code means adding a row here and nowhere else.
 */
export interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly hint: string;
}

export const errorTable = {
  invalid_request: { status: 400, retryable: false, hint: 'Correct the named path and send the request again.' },
  invalid_spec: {
    status: 422,
    retryable: false,
    hint: 'Correct the named path in the model definition and apply it again.',
  },
  invalid_data: { status: 422, retryable: false, hint: 'Correct the named file or column and run the command again.' },
  unauthenticated: {
    status: 401,
    retryable: false,
    hint: 'Send `Authorization: Bearer <token>`; `npm run dev` prints where the token file is.',
  },
  forbidden: { status: 403, retryable: false, hint: 'Ask an admin for a token whose role and model scope cover this.' },
  model_not_found: {
    status: 404,
    retryable: false,
    hint: 'Use one of the models listed, or apply a definition first.',
  },
  version_not_found: {
    status: 404,
    retryable: false,
    hint: 'Use one of the versions listed by `perennial history <model>`.',
  },
  not_found: { status: 404, retryable: false, hint: 'Check the path against the API description at /openapi.json.' },
  method_not_allowed: {
    status: 405,
    retryable: false,
    hint: 'Use one of the methods in the Allow header; /openapi.json lists them.',
  },
  no_champion: {
    status: 409,
    retryable: true,
    hint: 'Wait for the first training to be promoted; `perennial status` shows it.',
  },
  conflict: { status: 409, retryable: false, hint: 'Read the current state with `perennial status` and decide again.' },
  frozen: {
    status: 409,
    retryable: false,
    hint: 'See who froze it and why with `perennial status`; an operator ends it with `perennial thaw`.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    hint: 'Read the current state, look at what changed, and send the new ETag in If-Match.',
  },
  idempotency_in_progress: {
    status: 409,
    retryable: true,
    hint: 'The first request with this Idempotency-Key is still being answered; send it again in a second.',
  },
  idempotency_reused: {
    status: 422,
    retryable: false,
    hint: 'Send a new Idempotency-Key with another request, or the first request again as it was.',
  },
  unsupported_media_type: { status: 415, retryable: false, hint: 'Send JSON with `Content-Type: application/json`.' },
  range_not_satisfiable: { status: 416, retryable: false, hint: 'Begin before the end that Content-Range names.' },
  rate_limited: { status: 429, retryable: true, hint: 'Wait for the time in Retry-After.' },
  too_large: { status: 413, retryable: false, hint: 'Send fewer rows per request.' },
  overloaded: { status: 503, retryable: true, hint: 'Retry after the time in Retry-After.' },
  unavailable: { status: 503, retryable: true, hint: 'Retry; if it lasts, look at /health/ready and the logs.' },
  timeout: { status: 504, retryable: true, hint: 'Retry with the same id; nothing is done twice.' },
  contract_rejected: {
    status: 422,
    retryable: false,
    hint: 'Read the quarantine reasons, repair the source, and ingest again.',
  },
  leakage_suspected: {
    status: 409,
    retryable: false,
    hint:
      'Take the column out of the features, or say why it may stay and retrain: `perennial training allow MODEL ' +
      'FEATURE:KIND --reason "..."`, or in the definition (`leakage: { allow: [...], reason }`).',
  },
  training_failed: { status: 500, retryable: true, hint: 'Open the run in the Temporal Web UI for the cause.' },
  trainer_failed: {
    status: 500,
    retryable: false,
    hint: 'Read what the program said last, and start it by hand on a folder of this form (docs/trainers.md).',
  },
  folder_gone: {
    status: 500,
    retryable: false,
    hint: 'Set PERENNIAL_TRAIN_DIR to one folder that every worker of trainings shares.',
  },
  parity_failed: {
    status: 500,
    retryable: false,
    hint: 'The ONNX file disagrees with its trainer; the version was refused. Report it with the run id.',
  },
  artifact_corrupt: {
    status: 500,
    retryable: false,
    hint: 'The stored bytes do not match their digest; restore the artifact from a back-up.',
  },
  audit_broken: {
    status: 500,
    retryable: false,
    hint:
      'Somebody with the rights of the database owner changed it; compare with a back-up, from that row on, and ' +
      'rotate what may have leaked.',
  },
  unsupported: { status: 422, retryable: false, hint: 'Use a supported form; the message lists them.' },
  configuration: { status: 500, retryable: false, hint: 'Correct the named setting and start again.' },
  internal: { status: 500, retryable: true, hint: 'Retry; if it lasts, report it with the request id.' },
} as const satisfies Record<string, ErrorRow>;

/** Under which a request is counted whose client had gone before its answer, as web servers do: no error of ours. */
export const hungUpStatus = 499;

export type ErrorCode = keyof typeof errorTable;

/** One failure of the closed set. `path` names the offending place (JSON path, file:line, flag), where there is one. */
export class PerennialError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly hintText: string | undefined;
  /** When a retry is worth its while, where that is known: `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { path?: string; hint?: string; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PerennialError';
    this.code = code;
    this.path = options.path;
    this.hintText = options.hint;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  get hint(): string {
    return this.hintText ?? errorTable[this.code].hint;
  }
}

/** Nothing runs under that name that could take a word: not begun yet, or over. */
export class NotRunningError extends PerennialError {
  constructor(message: string, options: { path?: string; cause?: unknown } = {}) {
    super('conflict', message, options);
  }
}

/** A file was asked for from its end on. */
export class FileEnded extends PerennialError {
  /** Of the whole file. */
  readonly bytes: number;

  constructor(bytes: number, from: number) {
    super('range_not_satisfiable', `The file has ${bytes} bytes, and was asked for from byte ${from} on.`, {
      path: 'Range',
    });
    this.bytes = bytes;
  }
}

/** A failure as another process of ours says it, in JSON. */
export interface SaidError {
  readonly code: string;
  readonly message: string;
  readonly path?: string | null;
  readonly hint?: string;
}

/** The error that another process says; `otherwise` stands in for a code that is none. */
export function errorSaid({ code, message, path, hint }: SaidError, otherwise: ErrorCode): PerennialError {
  return new PerennialError(isErrorCode(code) ? code : otherwise, message, {
    ...(typeof path === 'string' ? { path } : {}),
    ...(hint === undefined ? {} : { hint }),
  });
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

export function isPerennialError(error: unknown): error is PerennialError {
  return error instanceof PerennialError;
}
