import { sumsIn } from '../../../domain/record/sealed-sums.ts';

/** By name, over the rows of the export, the sums that a sealed file must have. */
export const stretchSums = sumsIn({
  digits: (text) => `sum(('x' || left(md5(${text}), 8))::bit(32)::bigint)`,
  scaled: (list) => `coalesce(sum((select sum(trunc(x * 1e6)::numeric) from unnest(${list}) x where abs(x) < 1e9)), 0)`,
  joined: (list) => `array_to_string(${list}, '|', '~')`,
});
