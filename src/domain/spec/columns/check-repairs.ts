import type { CellRole } from '../../cells/cell-role.ts';
import { cellReader } from '../../cells/read-cell.ts';
import { readsMarks } from '../../repairs/cast-cell.ts';
import { columnsOfRepair } from '../../repairs/columns-of-repair.ts';
import { conversionOf, dimensionOf, unitNames } from '../../repairs/units.ts';
import { nearestName } from '../../words/nearest-name.ts';
import { sayChoice } from '../../words/say.ts';
import { repairKinds, type CastType } from '../closed-sets.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import type { CellRepair, ClipRepair, MapRepair, RepairSpec, UnitRepair } from '../spec.ts';
import { checkRepairPlaces } from './check-repair-place.ts';
import { columnsOf } from './columns-of.ts';
import { misfitOf } from './family-of.ts';
import { isPinned } from './pins.ts';
import { columnOf, roleOf } from './repaired-column.ts';
import type { RowsSpec } from './rows-spec.ts';

/** More than these are another program. */
export const repairsMax = 100;
/** Texts that one `map` knows: each cell is looked up among them. */
export const mappedMax = 1_000;

/** Problems of declared repairs: those that could never do anything, and those that make what the contract refuses. */
export function checkRepairs(spec: RowsSpec): SpecProblem[] {
  const { repairs = [] } = spec;
  const pathOf = (index: number) => `repairs[${index}]`;
  const own = repairs.flatMap((repair, index) => {
    const path = pathOf(index);
    // The types of a definition hold for TypeScript alone: anything may stand here.
    if (!repairKinds.includes(repair.repair))
      return problemIf(
        true,
        `${path}.repair`,
        `${JSON.stringify(repair.repair ?? null)} is no kind of repair`,
        `Use ${sayChoice(repairKinds)}.`,
      );
    const named = [...columnsOfRepair(repair), ...(repair.repair === 'fillLast' ? [repair.by] : [])];
    const unknown = named.flatMap((name) => unknownColumn(path, name, columnsOf(spec)));
    const pinned = named.flatMap((name) => fromView(spec, name, path));
    // Of a column that is not there nothing else can be said.
    if (unknown.length + pinned.length > 0) return [...unknown, ...pinned];
    return checkRepair(spec, repair, path);
  });
  // What is wrong by itself makes nothing of a text.
  return own.length > 0 ? own : checkRepairPlaces(spec, repairs, pathOf);
}

function fromView({ features }: RowsSpec, name: string, path: string): SpecProblem[] {
  return problemIf(
    features.some((feature) => feature.name === name && isPinned(feature)),
    path,
    `${name} comes from a view, and repairs are made before views are looked up`,
    'Repair it where the view is computed.',
  );
}

function checkRepair(spec: RowsSpec, repair: RepairSpec, path: string): SpecProblem[] {
  switch (repair.repair) {
    case 'trim':
      return [];
    case 'case':
      return onlyOf(spec, repair, path, ['category', 'label', 'key'], 'text: letters of it have no case that matters');
    case 'cast':
      return checkCast(spec, repair, path);
    case 'unit':
      return [...onlyOf(spec, repair, path, ['number'], 'a number'), ...checkUnit(repair, path)];
    case 'map':
      return checkMap(spec, repair, path);
    case 'clip':
      return [...onlyOf(spec, repair, path, ['number'], 'a number'), ...checkClip(repair, path)];
    case 'fill':
    case 'fillLast':
      return checkFill(spec, repair, path);
    case 'dedupe':
      return [
        ...problemIf(repair.by.length === 0, path, 'dedupe names no column', 'Name at least one.'),
        ...problemIf(
          repair.keep === 'newest' && spec.eventTime === null,
          `${path}.keep`,
          'there is no event time by which one row is the newest',
          "Declare `eventTime`, or keep 'first' or 'last'.",
        ),
      ];
    case 'drop': {
      const misfit = 'is' in repair.when ? null : misfitOf(spec, repair.column, repair.when);
      return misfit === null ? [] : [{ path: `${path}.when`, ...misfit }];
    }
  }
}

function onlyOf(
  spec: RowsSpec,
  { repair, column }: CellRepair,
  path: string,
  roles: readonly CellRole[],
  words: string,
): SpecProblem[] {
  return problemIf(
    !roles.includes(roleOf(spec, column)),
    `${path}.column`,
    `${repair} can never do anything to ${column}, which is not ${words}`,
    'Name another column, or leave the repair out.',
  );
}

const castRoles: Record<CastType, { readonly roles: readonly CellRole[]; readonly words: string }> = {
  number: { roles: ['number'], words: 'a number' },
  integer: { roles: ['number', 'category', 'label', 'key'], words: 'a number or text' },
  boolean: { roles: ['boolean'], words: 'true or false' },
};

function checkCast(spec: RowsSpec, repair: Extract<RepairSpec, { repair: 'cast' }>, path: string): SpecProblem[] {
  const { to, decimal } = repair;
  return [
    ...onlyOf(spec, repair, path, castRoles[to].roles, castRoles[to].words),
    ...problemIf(
      decimal !== undefined && !readsMarks[to],
      `${path}.decimal`,
      `a cast to ${to} reads no fraction`,
      'Leave `decimal` out.',
    ),
  ];
}

function checkUnit({ from, to }: UnitRepair, path: string): SpecProblem[] {
  const unknown = [from, to].filter((unit) => dimensionOf(unit) === null);
  return [
    ...unknown.map((unit) => {
      const near = nearestName(unit, unitNames);
      const said = `Possible: ${unitNames.join(', ')}.`;
      return { path, message: `there is no unit ${unit}`, fix: near === null ? said : `Did you mean ${near}? ${said}` };
    }),
    ...problemIf(
      unknown.length === 0 && conversionOf(from, to) === null,
      path,
      `${from} is a unit of ${dimensionOf(from) ?? ''} and ${to} one of ${dimensionOf(to) ?? ''}`,
      'Name two units of one kind.',
    ),
    ...problemIf(from === to, path, `a number of ${from} is one of ${to} already`, 'Leave the repair out.'),
  ];
}

function checkClip({ min, max, column }: ClipRepair, path: string): SpecProblem[] {
  return [
    ...problemIf(min === undefined && max === undefined, path, `clip of ${column} has no bound`, 'Use min or max.'),
    ...problemIf(
      min !== undefined && max !== undefined && min > max,
      path,
      `clip of ${column} has min above max`,
      'Swap them.',
    ),
  ];
}

function checkMap(spec: RowsSpec, { column, values }: MapRepair, path: string): SpecProblem[] {
  const read = cellReader(columnOf(spec, column));
  const seen = new Set<string>();
  return values.flatMap(({ from, to }, index) => {
    const at = `${path}.values[${index}]`;
    const said = JSON.stringify(from);
    const isTwice = seen.has(from);
    seen.add(from);
    return [
      ...problemIf(isTwice, at, `map of ${column} has ${said} twice`, 'Remove one.'),
      ...problemIf(from === to, at, `map of ${column} makes ${said} of itself`, 'Remove it.'),
      ...problemIf(
        read(from).text === null,
        at,
        `${said} is no value in ${column}: it is read as a cell without one`,
        'Use fill for cells without a value.',
      ),
      ...problemIf(
        read(from).text !== null && read(from).text !== from,
        at,
        `no cell of ${column} is ${said}: blanks around it are taken away before`,
        'Write it without blanks.',
      ),
    ];
  });
}

function checkFill(
  spec: RowsSpec,
  repair: Extract<RepairSpec, { repair: 'fill' | 'fillLast' }>,
  path: string,
): SpecProblem[] {
  const { column } = repair;
  const isTarget = column === spec.target?.column;
  const isTime = column === spec.eventTime?.column;
  return [
    ...problemIf(
      isTarget,
      path,
      `${column} is the target: a label that is not known is not made up`,
      'Drop such rows.',
    ),
    ...problemIf(isTime, path, `${column} is the event time, and nobody knows when the row was`, 'Drop such rows.'),
    ...problemIf(
      repair.repair === 'fillLast' && repair.by === column,
      `${path}.by`,
      `${column} is missing where it is to be looked up by`,
      'Name another column.',
    ),
  ];
}
