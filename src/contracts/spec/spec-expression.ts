import { z } from 'zod';
import { ageUnits, calendarOperators, plainOperators } from '../../domain/features/expressions/closed-sets.ts';
import { expressionBounds, type Expression } from '../../domain/features/expressions/expression.ts';
import { comparisonSigns } from '../../domain/spec/closed-sets.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { ofNoKind, strict } from './strict.ts';

/** Deeper than the bound of the domain, whose sentence is the better one; a document that is nested for ever is not. */
const depthMax = 4 * expressionBounds.depth;

const of = z.lazy(() => z.array(expressionSchema).min(1).max(expressionBounds.operands));

const one = z.discriminatedUnion(
  'op',
  [
    strict({ op: z.literal('column'), name: z.string().min(1).max(charsMax.columnName) }),
    strict({ op: z.literal('value'), value: z.number() }),
    strict({ op: z.enum(plainOperators), of }),
    strict({ op: z.enum(calendarOperators), of, timeZone: z.string().max(charsMax.timeZone) }),
    strict({ op: z.literal('bucket'), of, edges: z.array(z.number()).max(expressionBounds.edges) }),
    strict({ op: z.literal('age'), of, unit: z.enum(ageUnits) }),
    strict({ op: z.literal('clip'), of, min: z.number(), max: z.number() }),
    strict({ op: z.literal('isWord'), of, word: z.string().max(charsMax.category) }),
    strict({ op: z.literal('holds'), of, sign: z.enum(comparisonSigns) }),
  ],
  { error: ofNoKind('must have an `op` that is known: column, value, sum, ratio, hour and the like (docs/sdk.md)') },
);

/** What one operation may hold; how they go together is checked in the domain. */
export const expressionSchema: z.ZodType<Expression> = z
  .unknown()
  .refine((value) => depthOf(value) <= depthMax, { error: `is nested deeper than ${depthMax}`, abort: true })
  .pipe(one);

function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0 && depth <= depthMax) {
    depth++;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null && 'of' in item && Array.isArray(item.of) ? item.of : [],
    );
  }
  return depth;
}
