import { z } from 'zod';
import { rangeKinds, searchedValuesMax, type Distribution } from '../../../domain/spec/search/distribution.ts';
import { samplers, searchBounds } from '../../../domain/spec/search/search-spec.ts';
import { ofNoKind, strict } from '../strict.ts';

const range = strict({ of: z.enum(rangeKinds), low: z.number(), high: z.number() });
const oneOf = strict({
  of: z.literal('oneOf'),
  values: z
    .array(z.union([z.number(), z.string().max(64), z.boolean()]))
    .min(1)
    .max(searchedValuesMax),
});
const distribution = z.discriminatedUnion('of', [range, oneOf], {
  error: ofNoKind('must be a value, or a range such as draw.logUniform(0.01, 0.3)'),
});

/** What a search says for all of its families; no setting of one of them. */
const ofAll = [
  'kind',
  'historyShares',
  'refit',
  'seed',
  'weightColumn',
  'featureSelection',
  'calibration',
  'imbalance',
  'gpu',
  'warmStart',
  'halfLives',
] as const;
type OfAll = (typeof ofAll)[number];

type Unwrapped<Type> = Type extends z.ZodExactOptional<infer Inner> ? Inner : Type;
type SearchedShape<Shape> = {
  [Name in Exclude<keyof Shape, OfAll>]: z.ZodExactOptional<z.ZodType<z.output<Unwrapped<Shape[Name]>> | Distribution>>;
};

/** The settings of a family, each of them optional, and each a value of its own or a distribution. */
export function searchedOf<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const settings = Object.entries(shape).filter(([name]) => !ofAll.some((each) => each === name));
  const searched = settings.map(([name, value]) => [name, valueOr(value).exactOptional()]);
  // The names of entries are those of the shape, which `Object.entries` does not say.
  return strict(Object.fromEntries(searched) as SearchedShape<Shape>);
}

/** An object with an `of` means a distribution, so that what is wrong with it is said of a distribution. */
function valueOr(value: z.ZodType): z.ZodType {
  return z.unknown().transform((input, context) => {
    const isDrawn = typeof input === 'object' && input !== null && 'of' in input;
    const parsed = (isDrawn ? distribution : value).safeParse(input);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
    return z.NEVER;
  });
}

const { trials, parallel, rungs, factor, computeMs, cost, members } = searchBounds;
const whole = ({ min, max }: { readonly min: number; readonly max: number }) => z.int().min(min).max(max);

export const searchRules = {
  sampler: z.enum(samplers),
  trialsMax: whole(trials),
  parallel: whole(parallel),
  halving: strict({ rungs: whole(rungs), factor: whole(factor) }).exactOptional(),
  computeMsMax: whole(computeMs).exactOptional(),
  ensemble: strict({ membersMax: whole(members) }).exactOptional(),
  cost: strict({ perHour: z.number().gt(0).max(cost.max), max: z.number().gt(0).max(cost.max) }).exactOptional(),
};
