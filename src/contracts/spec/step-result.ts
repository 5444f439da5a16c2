import { z } from 'zod';
import type { StepPoint } from '../../domain/spec/closed-sets.ts';
import { stepVerdicts, type StepResult } from '../../domain/record/user-steps/messages.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { describeIssues } from './describe-issues.ts';
import type { SameType } from './same-type.ts';
import { strict } from './strict.ts';

const metricsMax = 50;

/** What jsonb can hold: it refuses NUL, and half of a character. */
const storable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);
const unstorable = 'has a NUL character, or half of a character';

/** What a user step may answer. */
export const stepResultSchema = strict({
  verdict: z.enum(stepVerdicts).exactOptional(),
  text: z.string().max(charsMax.words).refine(storable, unstorable).exactOptional(),
  metrics: z
    .record(z.string().min(1).max(100).refine(storable, unstorable), z.number())
    .refine((metrics) => Object.keys(metrics).length <= metricsMax, `has more than ${metricsMax} numbers`)
    .exactOptional(),
});

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const stepResultIsDomainType: SameType<z.infer<typeof stepResultSchema>, StepResult> = true;

/** An answer as it came, or in one sentence why it is none. An activity that returned nothing answered `{}`. */
export function readStepResult(
  raw: unknown,
  point: StepPoint,
): { readonly result: StepResult } | { readonly failure: string } {
  const read = stepResultSchema.safeParse(raw ?? {});
  if (!read.success)
    return { failure: `its answer is not one of a step: ${describeIssues(read.error).text.replace(/\.$/, '')}` };
  if (point === 'evaluate' && read.data.verdict === undefined)
    return { failure: "it gave no verdict: before the gate a step answers { verdict: 'pass' } or { verdict: 'fail' }" };
  return { result: read.data };
}
