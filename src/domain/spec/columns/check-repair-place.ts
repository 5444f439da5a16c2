import { cellReader } from '../../cells/read-cell.ts';
import { boundsOf } from '../../features/kind-of.ts';
import { compileCellRepair, isCellRepair, type CellText } from '../../repairs/repair-cell.ts';
import { sayChoice } from '../../words/say.ts';
import { declaredWords } from '../declared-words.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { CellRepair, FeatureSpec, RepairSpec } from '../spec.ts';
import { columnOf } from './repaired-column.ts';
import type { RowsSpec } from './rows-spec.ts';

/** Declared words that are tried: of a list of thousands, the first ones. */
const triedMax = 1_000;

type Change = (text: CellText) => CellText;

/**
 * Problems of repairs among those before and behind them, and of what they make together. Each has to be right by
 * itself, and is compiled once: a hundred long maps are tried on each other's texts.
 */
export function checkRepairPlaces(
  spec: RowsSpec,
  repairs: readonly RepairSpec[],
  pathOf: (index: number) => string,
): SpecProblem[] {
  const compiled = new Map(
    repairs.flatMap((repair): [RepairSpec, Change][] =>
      isCellRepair(repair) ? [[repair, compileCellRepair(repair, columnOf(spec, repair.column))]] : [],
    ),
  );
  return repairs.flatMap((repair, index) =>
    isCellRepair(repair) ? checkPlace(spec, repairs, repair, index, pathOf(index), compiled) : [],
  );
}

function checkPlace(
  spec: RowsSpec,
  repairs: readonly RepairSpec[],
  repair: CellRepair,
  index: number,
  path: string,
  compiled: ReadonlyMap<RepairSpec, Change>,
): SpecProblem[] {
  const { column } = repair;
  const ofColumn = repairs.map((one) => (isCellRepair(one) && one.column === column ? one : null));
  const [before, after] = [ofColumn.slice(0, index), ofColumn.slice(index + 1)].map((list) =>
    list.filter((one) => one !== null),
  );
  const run = (list: readonly CellRepair[], text: CellText) =>
    list.reduce((made: CellText, one) => compiled.get(one)?.(made) ?? null, text);
  const rest = after ?? [];
  const last = before?.at(-1);
  const isAgain = last !== undefined && JSON.stringify(last) === JSON.stringify(repair);
  const made = constantsOf(repair).map((text) => [text, run(rest, text)] as const);
  const isFilledLater = repairs.slice(index + 1).some((one) => one.repair === 'fillLast' && one.column === column);
  return [
    ...problemIf(isAgain, path, `${repair.repair} of ${column} stands twice`, 'Remove one.'),
    ...problemIf(
      repair.repair === 'fill' && (before ?? []).some(isFill) && !(before ?? []).some(mayEmpty),
      path,
      `fill of ${column} can never do anything: it was filled before`,
      'Remove one.',
    ),
    ...unreachable(repair, before ?? [], run, path),
    ...refusedOf(spec, repair, path, made, isFilledLater),
    ...turnedAway(spec, repair, path, (text) => run([repair, ...rest], text)),
  ];
}

function isFill({ repair }: CellRepair): boolean {
  return repair === 'fill';
}

function mayEmpty(repair: CellRepair): boolean {
  return repair.repair === 'map' && repair.values.some(({ to }) => to === null);
}

/** Texts that a repair makes whatever the cell was. */
function constantsOf(repair: CellRepair): readonly CellText[] {
  if (repair.repair === 'fill') return [String(repair.constant)];
  if (repair.repair === 'map') return repair.values.map(({ to }) => to);
  if (repair.repair !== 'clip') return [];
  return [repair.min, repair.max].flatMap((bound) => (bound === undefined ? [] : [String(bound)]));
}

/** A word that a repair before it has changed by then. */
function unreachable(
  repair: CellRepair,
  before: readonly CellRepair[],
  run: (list: readonly CellRepair[], text: CellText) => CellText,
  path: string,
): SpecProblem[] {
  if (repair.repair !== 'map') return [];
  const plain = before.filter((one) => one.repair === 'trim' || one.repair === 'case');
  if (plain.length === 0 || plain.length < before.length) return [];
  const said = sayChoice(plain.map((one) => one.repair));
  return repair.values.flatMap(({ from }, index) => {
    const text = run(plain, from);
    return problemIf(
      text !== from,
      `${path}.values[${index}]`,
      `no cell of ${repair.column} is ${JSON.stringify(from)} by then: ${said} comes before`,
      text === null ? 'Remove it.' : `Write ${JSON.stringify(text)}.`,
    );
  });
}

/** Texts that a repair makes, and that the contract must refuse, or that are read as none. */
function refusedOf(
  spec: RowsSpec,
  repair: CellRepair,
  path: string,
  made: readonly (readonly [text: CellText, end: CellText])[],
  isFilledLater: boolean,
): SpecProblem[] {
  const { column } = repair;
  const { words, isClosed } = declaredWords(spec, column);
  const asked = {
    repair,
    path,
    isFilledLater,
    feature: spec.features.find(({ name }) => name === column),
    read: cellReader(columnOf(spec, column)),
    values: isClosed ? new Set(words) : null,
  };
  return made.flatMap(([text, end]) => refused(asked, text, end));
}

interface Asked {
  readonly repair: CellRepair;
  readonly path: string;
  readonly isFilledLater: boolean;
  readonly feature: FeatureSpec | undefined;
  readonly read: ReturnType<typeof cellReader>;
  /** Null where any is taken. */
  readonly values: ReadonlySet<string> | null;
}

function refused(
  { repair, path, isFilledLater, feature, read, values }: Asked,
  text: CellText,
  end: CellText,
): SpecProblem[] {
  const { column } = repair;
  const made = end === null ? 'a cell without a value' : JSON.stringify(end);
  const said = text === end || text === null ? made : `${JSON.stringify(text)}, and in the end ${made}`;
  const problem = (why: string): SpecProblem[] => [
    { path, message: `${repair.repair} of ${column} makes ${said}, ${why}`, fix: 'Make another value of it.' },
  ];
  if (end === null && (text !== null || repair.repair === 'fill')) return problem('which says nothing');
  if (end === null) return feature?.missing === 'refuse' && !isFilledLater ? problem('which the contract refuses') : [];
  const { text: present, value } = read(end);
  if (present === null) return problem('which is read as no value');
  if (value === null) return problem(`which ${column} cannot be`);
  if (values?.has(String(value)) === false) return problem(`which is none of the declared values of ${column}`);
  if (feature === undefined || typeof value !== 'number') return [];
  const { min = -Infinity, max = Infinity, integer } = boundsOf(feature);
  if (value < min || value > max) return problem(`which lies outside of the declared range of ${column}`);
  return integer === true && !Number.isInteger(value) ? problem('which is not whole, as it is declared') : [];
}

/** A declared value that a repair makes another one of, which is not declared. */
function turnedAway(spec: RowsSpec, repair: CellRepair, path: string, run: (text: string) => CellText): SpecProblem[] {
  const { column } = repair;
  const { words, isClosed } = declaredWords(spec, column);
  const values = new Set(words);
  const lost = isClosed ? words.slice(0, triedMax).find((word) => !values.has(run(word) ?? '')) : undefined;
  if (lost === undefined) return [];
  const isMissingMeant = run(lost) === null;
  return problemIf(
    !isMissingMeant,
    path,
    `${repair.repair} makes ${JSON.stringify(run(lost))} of ${JSON.stringify(lost)}, which is declared of ${column}`,
    'Declare the values as they are behind the repairs.',
  );
}
