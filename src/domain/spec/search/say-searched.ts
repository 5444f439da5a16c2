import type { SearchSpec } from '../trainer-spec.ts';
import type { Distribution } from './distribution.ts';
import { familiesOf } from './searched-families.ts';

/** What a definition searches and how, a line each, with all that it left to the platform. */
export function saySearched(trainer: SearchSpec): readonly string[] {
  const { sampler, trialsMax, parallel, halving, computeMsMax, cost } = trainer;
  const limits = [
    `at most ${trialsMax} trials by ${sampler}, ${parallel} together`,
    ...(halving === undefined
      ? []
      : [`the best of ${halving.factor} go on to ${halving.factor} times the rows, ${halving.rungs - 1} times`]),
    ...(computeMsMax === undefined ? [] : [`${computeMsMax / 1_000} s of processor time`]),
    ...(cost === undefined ? [] : [`${cost.max} of money at ${cost.perHour} an hour`]),
  ];
  return [
    `Searches: ${limits.join('; ')}.`,
    ...familiesOf(trainer).map(({ family, fixed, searched }) => {
      const drawn = Object.entries(searched).map(([name, distribution]) => `${name} ${sayDistribution(distribution)}`);
      const settled = Object.entries(fixed).map(([name, value]) => `${name} ${String(value)}`);
      return `  ${family}: ${[...drawn, ...settled].join(', ') || 'as usual'}.`;
    }),
  ];
}

const scaleWords = { uniform: '', logUniform: ' by logarithm', integer: ' whole', logInteger: ' whole, by logarithm' };

function sayDistribution(distribution: Distribution): string {
  if (distribution.of === 'oneOf') return `one of ${distribution.values.join(' | ')}`;
  return `${distribution.low} to ${distribution.high}${scaleWords[distribution.of]}`;
}
