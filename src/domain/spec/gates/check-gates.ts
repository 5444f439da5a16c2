import { taskOf } from '../../tasks/task-of.ts';
import { atLeast, problemIf, unknownColumn, within, type SpecProblem } from '../spec-bounds.ts';
import type { GateSpec, ModelSpec } from '../spec.ts';
import { checkFootprint } from './check-footprint.ts';
import { checkMetric } from './check-metric.ts';
import { slicesOfColumn, slicesPerGateMax, slicesUnder } from './declared-slices.ts';

/** Problems of the gates: metrics that do not exist, numbers out of range, slices that nobody declared. */
export function checkGates(spec: ModelSpec): SpecProblem[] {
  return spec.gates.flatMap((gate, index) => {
    const path = `gates[${index}]`;
    return [
      ...('metric' in gate ? checkMetric(`${path}.metric`, gate.metric, spec) : []),
      ...(gate.gate === 'fair' ? checkFair(path, gate, spec) : []),
      ...(gate.gate === 'footprint' ? checkFootprint(path, gate) : []),
      ...('margin' in gate ? checkComparison(path, gate) : []),
      ...('slices' in gate ? checkOver(`${path}.slices`, gate.slices, spec) : []),
    ];
  });
}

function checkComparison(path: string, gate: Extract<GateSpec, { readonly margin: number }>): SpecProblem[] {
  return [...atLeast(`${path}.margin`, gate.margin, 0), ...within(`${path}.alpha`, gate.alpha, 0, 1, false)];
}

/** Groups differ in how often they are answered yes: there must be a yes, and at least two groups. */
function checkFair(path: string, gate: Extract<GateSpec, { readonly gate: 'fair' }>, spec: ModelSpec): SpecProblem[] {
  const { task } = spec.target;
  return [
    ...problemIf(
      !taskOf(task).hasPositive,
      path,
      `a ${task} target has no answer that groups get more or less often`,
      'Leave the gate out.',
    ),
    ...within(`${path}.atMost`, gate.atMost, 0, 1, false),
    ...problemIf(
      slicesUnder(gate.slices, spec).length === 1,
      `${path}.slices`,
      'one group differs from nobody',
      'Name at least two slices, or a column.',
    ),
  ];
}

/** A gate over what nobody declared would judge nothing and pass. */
function checkOver(path: string, names: readonly string[], spec: ModelSpec): SpecProblem[] {
  const known = spec.slices.map((slice) => (typeof slice === 'string' ? slice : slice.name));
  const unknown = names.flatMap((name, index) => unknownColumn(`${path}[${index}]`, name, known, 'slice'));
  const open = names.filter((name) => spec.slices.includes(name) && slicesOfColumn(name, spec) === null);
  const { length } = slicesUnder(names, spec);
  return [
    ...unknown,
    ...open.map((name) => ({
      path,
      message: `the values of ${name} are not known before the rows are, so its slices could be chosen by their result`,
      fix: `Declare the values of ${name}, or name a slice for each value that matters.`,
    })),
    ...problemIf(
      unknown.length + open.length === 0 && length === 0,
      path,
      'a gate over no slice would judge nothing',
      'Name at least one slice.',
    ),
    ...problemIf(
      length > slicesPerGateMax,
      path,
      `${length} slices leave each of them too few rows`,
      `Name at most ${slicesPerGateMax}, counting each value of a column.`,
    ),
  ];
}
