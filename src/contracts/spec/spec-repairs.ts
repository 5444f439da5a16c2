import { z } from 'zod';
import {
  castTypes,
  comparisonSigns,
  decimalMarks,
  keptRows,
  letterCases,
  repairKinds,
} from '../../domain/spec/closed-sets.ts';
import { mappedMax, repairsMax } from '../../domain/spec/columns/check-repairs.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { columnName } from './spec-columns.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import { describeIssues } from './describe-issues.ts';
import { ofNoKind, strict } from './strict.ts';

const text = z.string().max(charsMax.category);
const unit = z.string().min(1).max(charsMax.ruleId);
const constant = z.union([z.number(), text, z.boolean()], { error: () => 'must be a number, text, true or false' });

const when = z.union([strict({ is: z.literal('missing') }), strict({ op: z.enum(comparisonSigns), value: constant })], {
  error: () => "must be { is: 'missing' }, or { op, value }",
});

/** One repair, as JSON. */
export const repairSchema = z.discriminatedUnion(
  'repair',
  [
    strict({ repair: z.literal('trim'), column: columnName }),
    strict({ repair: z.literal('case'), column: columnName, to: z.enum(letterCases) }),
    strict({
      repair: z.literal('cast'),
      column: columnName,
      to: z.enum(castTypes),
      decimal: z.enum(decimalMarks).exactOptional(),
    }),
    strict({ repair: z.literal('unit'), column: columnName, from: unit, to: unit }),
    strict({
      repair: z.literal('map'),
      column: columnName,
      values: z
        .array(strict({ from: text, to: text.nullable() }))
        .min(1)
        .max(mappedMax),
    }),
    strict({
      repair: z.literal('clip'),
      column: columnName,
      min: z.number().exactOptional(),
      max: z.number().exactOptional(),
    }),
    strict({ repair: z.literal('fill'), column: columnName, constant }),
    strict({ repair: z.literal('fillLast'), column: columnName, by: columnName }),
    strict({ repair: z.literal('dedupe'), by: z.array(columnName).min(1).max(16), keep: z.enum(keptRows) }),
    strict({ repair: z.literal('drop'), column: columnName, when }),
  ],
  { error: ofNoKind(`must be one of ${repairKinds.map((kind) => `"${kind}"`).join(', ')}`) },
);

/** What is done to rows before the contract judges them. */
export const repairsSchema = z.array(repairSchema).min(1).max(repairsMax);

/** Reads one repair from JSON text. Throws `invalid_request` with one sentence that names what is wrong. */
export function parseRepair(text: string): RepairSpec {
  const result = repairSchema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw notValid(describeIssues(result.error).text);
}

/** A shell takes quotes away, so text that is no JSON is told apart from a repair that lacks something. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notValid(`it is no JSON (${cut(text, 60)}); on a command line it stands in single quotes.`);
  }
}

function notValid(said: string): PerennialError {
  return new PerennialError('invalid_request', `The repair is not valid: ${said}`, {
    path: 'repair',
    hint: 'Such as {"repair":"map","column":"country","values":[{"from":"Germany","to":"DE"}]}.',
  });
}
