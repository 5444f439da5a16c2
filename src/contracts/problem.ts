import { z } from 'zod';
import { errorTable, isPerennialError, PerennialError, type ErrorCode } from '../domain/errors.ts';

const codes = Object.keys(errorTable).filter((key): key is ErrorCode => key in errorTable);

/** RFC 9457 problem details, with the platform's own members beside the standard ones. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(codes),
  hint: z.string(),
  retryable: z.boolean(),
  path: z.string().optional(),
  requestId: z.string(),
});

export type Problem = z.infer<typeof problemSchema>;

/** Longer texts are cut: an error must not become a page. */
const detailCharactersMax = 4_096;

/** Any failure as a problem; what is not one of ours says nothing about its inside. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = isPerennialError(error) ? error : new PerennialError('internal', 'Something failed that should not have.');
  return {
    type: `urn:perennial:error:${known.code}`,
    title: known.code.replaceAll('_', ' '),
    status: known.status,
    detail: known.message.slice(0, detailCharactersMax),
    code: known.code,
    hint: known.hint,
    retryable: known.retryable,
    ...(known.path === undefined ? {} : { path: known.path }),
    requestId,
  };
}

/** A problem as it came over the wire, as the error that it was; null when the body is no problem of ours. */
export function errorOfProblem(body: unknown): PerennialError | null {
  const parsed = problemSchema.partial({ requestId: true, hint: true, type: true, title: true }).safeParse(body);
  if (!parsed.success) return null;
  const { code, detail, path, hint } = parsed.data;
  return new PerennialError(code, detail, { ...(path === undefined ? {} : { path }), ...(hint === undefined ? {} : { hint }) });
}
