import { z } from 'zod';
import { errorTable, isPerennialError, PerennialError, type ErrorCode } from '../../domain/words/errors.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';

const codes = Object.keys(errorTable).filter((key): key is ErrorCode => key in errorTable);

/** RFC 9457 problem details, with the platform's own members beside the standard ones. */
export const problemSchema = z.object({
  /** Resolves to what the code means. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(codes),
  hint: z.string(),
  /** True where the same request may succeed later. */
  retryable: z.boolean(),
  /** The offending place, where there is one. */
  path: z.string().optional(),
  requestId: z.string(),
});

/** `GET /v1/errors`: the closed list of codes. */
export const errorList = z.object({
  errors: z.array(
    z.object({ code: z.enum(codes), type: z.string(), status: z.int(), retryable: z.boolean(), hint: z.string() }),
  ),
});

/** Every code that a problem may carry, in the order of the table. */
export function listErrors(): z.infer<typeof errorList> {
  return { errors: codes.map((code) => ({ code, type: problemType(code), ...errorTable[code] })) };
}

export type Problem = z.infer<typeof problemSchema>;

/**
 * The `type` of a problem: a relative reference that resolves on the port that gave it, to the code's place in the list
 * of all codes. Relative, because behind a proxy no process knows its own address.
 */
export function problemType(code: ErrorCode): string {
  return `/docs/errors#${code}`;
}

/** Any failure as a problem; what is not one of ours says nothing about its inside. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = isPerennialError(error)
    ? error
    : new PerennialError('internal', 'Something failed that should not have.');
  return {
    type: problemType(known.code),
    title: known.code.replaceAll('_', ' '),
    status: known.status,
    detail: cut(known.message, charsMax.problemDetail),
    code: known.code,
    hint: known.hint,
    retryable: known.retryable,
    ...(known.path === undefined ? {} : { path: known.path }),
    requestId,
  };
}

/**
 * A problem as it came over the wire, as the error that it was; null when the body is no problem of ours.
 * `retryAfterSeconds` is what its header says.
 */
export function errorOfProblem(body: unknown, retryAfterSeconds = 0): PerennialError | null {
  const parsed = problemSchema.partial({ requestId: true, hint: true, type: true, title: true }).safeParse(body);
  if (!parsed.success) return null;
  const { code, detail, path, hint } = parsed.data;
  return new PerennialError(code, detail, {
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
}
