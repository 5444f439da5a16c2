import type { Distribution, SearchedValue } from '../../spec/search/distribution.ts';
import { normalCdf } from '../../../statistics/distributions/normal.ts';
import type { Random } from '../../../statistics/numeric/random.ts';
import { drawValue, scaleOf } from './draw-value.ts';

/** How likely values are, as some of them say. */
export interface Density {
  readonly draw: (random: Random) => SearchedValue;
  /** Up to a constant that is the same for all densities of one distribution. */
  readonly logDensity: (value: SearchedValue) => number;
}

/** What was declared weighs as much as one observation, so that no value is ever out of reach. */
export function densityOf(distribution: Distribution, observed: readonly SearchedValue[]): Density {
  return distribution.of === 'oneOf'
    ? countedDensity(distribution, observed)
    : rangeDensity(distribution, observed.map(Number));
}

function countedDensity(
  distribution: Extract<Distribution, { readonly of: 'oneOf' }>,
  observed: readonly SearchedValue[],
): Density {
  const { values } = distribution;
  const total = observed.length + 1;
  const weightOf = (value: SearchedValue) =>
    (observed.filter((each) => each === value).length + 1 / values.length) / total;
  return {
    draw(random) {
      const at = random.integer(total);
      return observed[at] ?? drawValue(distribution, random);
    },
    logDensity: (value) => Math.log(weightOf(value)),
  };
}

interface Kernel {
  readonly at: number;
  readonly width: number;
  /** Of its mass, what lies within the range. */
  readonly within: number;
}

/**
 * A normal kernel, cut at the ends of the range, at each observation and a wide one in the middle. Its width is the
 * larger distance to a neighbour, but never below a share of the range that falls with the number of observations, as
 * in Optuna's estimator.
 */
function rangeDensity(
  distribution: Extract<Distribution, { readonly low: number }>,
  observed: readonly number[],
): Density {
  const { low, high, toPlace, toValue } = scaleOf(distribution);
  const span = high - low;
  const places = observed.map(toPlace).toSorted((a, b) => a - b);
  const widthMin = span / Math.min(100, places.length + 2);
  const own = places.map((at, index) => {
    const left = at - (places[index - 1] ?? low);
    const right = (places[index + 1] ?? high) - at;
    return kernel(at, Math.min(span, Math.max(widthMin, left, right)));
  });
  const kernels = [...own, kernel(low + span / 2, span)];
  function kernel(at: number, width: number): Kernel {
    return { at, width, within: normalCdf((high - at) / width) - normalCdf((low - at) / width) };
  }
  return {
    draw(random) {
      const { at, width } = kernels[random.integer(kernels.length)] ?? kernel(low + span / 2, span);
      // A kernel in the range has at least a third of its mass there: a hundred misses in a row do not happen.
      for (let round = 0; round < 100; round++) {
        const place = at + random.normal() * width;
        if (place >= low && place <= high) return toValue(place);
      }
      return toValue(at);
    },
    logDensity(value) {
      const place = toPlace(Number(value));
      let sum = 0;
      for (const { at, width, within } of kernels) {
        const z = (place - at) / width;
        sum += Math.exp((-z * z) / 2) / (width * within);
      }
      return Math.log(sum / kernels.length);
    },
  };
}
