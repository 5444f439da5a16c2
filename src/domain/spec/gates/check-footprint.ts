import { footprintLimits, footprintRows, type FootprintGate, type FootprintLimit } from '../parts/footprint-gate.ts';
import { servedRowsPerRunMax } from '../parts/model-process.ts';
import { atLeast, problemIf, within, type SpecProblem } from '../spec-bounds.ts';

/** Problems of a gate on what the candidate takes: no limit or several, one on the wrong side, a price of nothing. */
export function checkFootprint(path: string, gate: FootprintGate): SpecProblem[] {
  const { figure, batchRows, price } = gate;
  const { better, batchRows: batchUsual } = footprintRows[figure];
  const declared = footprintLimits.filter((limit) => gate[limit] !== undefined);
  const possible: readonly FootprintLimit[] =
    better === 'lower' ? ['atMost', 'atMostTimesChampion'] : ['atLeast', 'atLeastTimesChampion'];
  const choice = possible.join(' or ');
  const [name] = declared;
  return [
    ...problemIf(
      declared.length !== 1,
      path,
      `${figure} has ${declared.length === 0 ? 'no limit' : 'several limits'}`,
      `Declare one of ${choice}.`,
    ),
    ...(declared.length === 1 && name !== undefined
      ? [
          ...problemIf(
            !possible.includes(name),
            `${path}.${name}`,
            `${better === 'lower' ? 'less' : 'more'} of ${figure} is better`,
            `Use ${choice}.`,
          ),
          ...problemIf(
            !((gate[name] ?? 0) > 0),
            `${path}.${name}`,
            `a limit of ${gate[name]} decides nothing`,
            'Use a number above 0.',
          ),
        ]
      : []),
    ...problemIf(
      batchRows !== undefined && batchUsual === undefined,
      `${path}.batchRows`,
      `${figure} does not depend on the rows of a run`,
      'Leave `batchRows` out.',
    ),
    ...(batchRows === undefined ? [] : within(`${path}.batchRows`, batchRows, 1, servedRowsPerRunMax, true)),
    ...problemIf(
      (price !== undefined) !== (figure === 'costPer1000'),
      `${path}.price`,
      figure === 'costPer1000' ? 'what a core costs is not declared' : `${figure} has no price`,
      figure === 'costPer1000' ? 'Declare price: { perCoreHour }.' : 'Leave `price` out.',
    ),
    ...(price === undefined
      ? []
      : [
          ...problemIf(!(price.perCoreHour > 0), `${path}.price.perCoreHour`, 'a core costs nothing', 'Use its price.'),
          ...atLeast(`${path}.price.perGibHour`, price.perGibHour ?? 0, 0),
        ]),
  ];
}
