import { kindOf } from '../features/kind-of.ts';
import { checkRules } from '../spec/columns/check-rules.ts';
import { isSameColumn, misnomerOf, nameFix } from '../spec/columns/column-name.ts';
import { isAboutView } from '../spec/columns/rule-subject.ts';
import { readingIn } from '../spec/columns/declared-reading.ts';
import { isReadWhole } from '../spec/source-spec.ts';
import { checkTimeZone, problemIf, type SpecProblem } from '../spec/spec-bounds.ts';
import { describeExtent } from '../words/extent.ts';
import { kindsRead } from './kinds-read.ts';
import { columnsOfView, rowsOfView } from './rows-of-view.ts';
import { isWindowed, latestOf, windowedOf, type ViewFeatureSpec, type ViewSpec } from './view-spec.ts';
import { checkWindow } from './check-window.ts';

/** All semantic problems of a view whose shape is right; an empty list means that it can be applied. */
export function checkView(view: ViewSpec): SpecProblem[] {
  return [
    ...checkNames(view),
    ...checkTimes(view),
    ...checkFeatures(view),
    ...checkKinds(view),
    ...checkRowId(view),
    ...checkKept(view),
    ...checkRules(rowsOfView(view)),
    ...checkReferences(view),
    ...problemIf(
      view.source.traffic !== undefined,
      'source.traffic',
      'a view has no traffic of its own',
      'Leave `traffic` out.',
    ),
  ];
}

/** Reading one view would have to wait for another, which may wait for the first. */
function checkReferences({ contract }: ViewSpec): SpecProblem[] {
  return contract.rules.flatMap((rule, index) =>
    problemIf(
      isAboutView(rule),
      `contract.rules[${index}]`,
      `rule ${rule.id} asks another view, which the contract of a view cannot`,
      'Declare it in the contract of the model.',
    ),
  );
}

function checkNames(view: ViewSpec): SpecProblem[] {
  const named = [
    ...view.entity.map((name, index) => [`entity[${index}]`, name] as const),
    ...(view.rowId === null ? [] : [['rowId', view.rowId] as const]),
    ['eventTime.column', view.eventTime.column] as const,
    ...(view.availableTime === null ? [] : [['availableTime.column', view.availableTime.column] as const]),
    ...view.features.map(({ name }, index) => [`features[${index}].name`, name] as const),
    ...columnsOfView(view).map(({ name }) => ['features', name] as const),
  ];
  const keys = view.entity.map((name) => name.toLowerCase());
  return [
    ...named.flatMap(([path, name]) => {
      const misnomer = misnomerOf(name);
      return misnomer === null
        ? []
        : [{ path, message: `${JSON.stringify(name)} cannot be a column name: it ${misnomer}`, fix: nameFix }];
    }),
    ...problemIf(keys.length === 0, 'entity', 'no column says whom a row is about', 'Name at least one.'),
    ...problemIf(new Set(keys).size < keys.length, 'entity', 'a column is named twice', 'Name each once.'),
    ...checkTwins(view),
  ];
}

/** Columnar engines compare names without case. */
function checkTwins(view: ViewSpec): SpecProblem[] {
  const columns = columnsOfView(view).map(({ name }) => name);
  const twin = columns.find((name, at) => columns.some((other, place) => place < at && isSameColumn(name, other)));
  return problemIf(
    twin !== undefined,
    'features',
    `${twin ?? ''} stands for two columns: case does not count`,
    'Rename one of them in the source.',
  );
}

function checkTimes({ eventTime, availableTime }: ViewSpec): SpecProblem[] {
  const times = { eventTime, availableTime };
  return [
    ...Object.entries(times).flatMap(([path, time]) => {
      const timeZone = time === null ? undefined : readingIn(time).timeZone;
      return timeZone === undefined ? [] : checkTimeZone(`${path}.timeZone`, timeZone);
    }),
    ...problemIf(
      availableTime !== null &&
        availableTime.column === eventTime.column &&
        Object.keys(readingIn(availableTime)).length > 0,
      'availableTime',
      `${eventTime.column} is the event time, which says how its times are written`,
      'Say it on the event time.',
    ),
  ];
}

function checkFeatures(view: ViewSpec): SpecProblem[] {
  const seen = new Set<string>();
  return [
    ...problemIf(view.features.length === 0, 'features', 'a view needs at least one feature', 'Declare a feature.'),
    ...view.features.flatMap((feature, index) => {
      const path = `features[${index}]`;
      const isTwin = seen.has(feature.name.toLowerCase());
      seen.add(feature.name.toLowerCase());
      return [
        ...problemIf(isTwin, path, `feature ${feature.name} is declared twice`, 'Rename or remove one.'),
        ...checkDefault(`${path}.onMissing`, feature),
        ...(isWindowed(feature) ? checkWindow(path, feature) : checkLatest(path, feature, view)),
      ];
    }),
  ];
}

function checkLatest(path: string, feature: Exclude<ViewFeatureSpec, { aggregate: unknown }>, view: ViewSpec) {
  const { onMissing: _, ...declared } = feature;
  const problem = kindOf(feature.kind).problemOf({ ...declared, missing: 'allow' });
  const { timeZone } = readingIn(feature);
  const isKey = view.entity.includes(feature.name) || view.rowId === feature.name;
  return [
    ...(problem === null ? [] : [{ path: `${path}${problem.at}`, message: problem.message, fix: problem.fix }]),
    ...(timeZone === undefined ? [] : checkTimeZone(`${path}.timeZone`, timeZone)),
    ...problemIf(isKey, path, `${feature.name} names whom or what a row is about`, 'Leave it out of the features.'),
  ];
}

function checkDefault(path: string, { kind, onMissing, name }: ViewFeatureSpec): SpecProblem[] {
  if (onMissing === undefined || onMissing === null) return [];
  const { type, fix } = kindOf(kind).constant;
  return problemIf(
    typeof onMissing !== type,
    path,
    `${JSON.stringify(onMissing)} is no value of ${name}, which is a ${kind}`,
    fix,
  );
}

/** One column is read in one way. */
function checkKinds(view: ViewSpec): SpecProblem[] {
  return kindsRead(view).flatMap(({ path, column, kind, read }) =>
    problemIf(
      kind !== read,
      path,
      `${column} is read as a ${read}, and as a ${kind} here`,
      'Read each column as one kind, or bring it under another name as well.',
    ),
  );
}

/** A window begins with the edge of a tile, and none is longer. */
const tileMsMax = 86_400_000;

/** What has ended must be nothing that a look of today needs. */
function checkKept(view: ViewSpec): SpecProblem[] {
  const { keepMs, ttlMs, source } = view;
  if (keepMs === undefined) return [];
  const needed = Math.max(ttlMs ?? 0, ...windowedOf(view).map(({ windowMs }) => windowMs + tileMsMax));
  return [
    ...problemIf(
      ttlMs === null || ttlMs === 0,
      'keepMs',
      'a latest row that never grows stale is needed for ever',
      'Declare a ttl as well.',
    ),
    ...problemIf(
      keepMs < needed,
      'keepMs',
      `rows are looked at for ${describeExtent({ ms: needed })}`,
      'Keep them at least as long as the ttl, and a day longer than every window.',
    ),
    ...problemIf(
      isReadWhole(source),
      'keepMs',
      'its source is read whole each time, with all the rows that it has',
      'Leave old rows out of the source, or read one that is read on.',
    ),
  ];
}

/** The latest row of an entity would be one that a correction took back. */
function checkRowId(view: ViewSpec): SpecProblem[] {
  return problemIf(
    view.rowId !== null && latestOf(view).length > 0,
    'rowId',
    'in a view whose rows can be corrected by id, each feature looks at a window',
    'Use last(column, window) for it, or leave rowId out: a row of the same event time corrects the one before.',
  );
}
