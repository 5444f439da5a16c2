import { isText } from '../../features/kind-of.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';
import { columnsNamedBy } from './columns-named-by.ts';
import { isPinned, pinnedOf } from './pins.ts';
import { isAboutView } from './rule-subject.ts';

/**
 * Problems of features that come from views, as far as the definition alone shows them: by which columns they are
 * found, and what cannot rest on them because history has them only after its rows were checked.
 */
export function checkPins(spec: ModelSpec): SpecProblem[] {
  if (pinnedOf(spec).length === 0) return checkDigests(spec);
  return [
    ...problemIf(
      spec.eventTime === null,
      'eventTime',
      'features of views are looked up at the time of a row, and no event time is declared',
      'Name the column with the time: eventTime.',
    ),
    ...spec.features.flatMap((feature, index) => checkOn(spec, index)),
    ...checkDigests(spec),
    ...checkRoles(spec),
    ...checkNamed(spec),
  ];
}

/** Keys are compared as text: the number 1.0 and the text 1 would be two entities. */
function checkOn(spec: ModelSpec, index: number): SpecProblem[] {
  const feature = spec.features[index];
  if (feature?.from === undefined) return [];
  const path = `features[${index}].from.on`;
  const texts = spec.features.filter((own) => !isPinned(own) && isText(own)).map(({ name }) => name);
  const entity = spec.entity?.column;
  const isNumber = spec.features.some(({ name, kind }) => name === entity && !isText({ kind }));
  const possible = [...new Set([...(entity === undefined || isNumber ? [] : [entity]), ...texts])];
  return [
    ...problemIf(feature.from.on.length === 0, path, 'no column says whom a row is about', 'Name one.'),
    ...feature.from.on.flatMap((name) => unknownColumn(path, name, possible, 'entity or category column')),
  ];
}

/** What a definition takes of a view, or asks it, is of one revision: a row of it is one row. */
function checkDigests(spec: ModelSpec): SpecProblem[] {
  const digests = new Map<string, string | null>();
  const named = [
    ...spec.features.flatMap(({ from }, index) =>
      from === undefined ? [] : [{ ...from, path: `features[${index}].from.digest` }],
    ),
    ...spec.contract.rules.flatMap((rule, index) =>
      isAboutView(rule) ? [{ ...rule, path: `contract.rules[${index}].digest` }] : [],
    ),
  ];
  return named.flatMap(({ view, digest, path }) => {
    const known = digests.get(view);
    if (known === undefined) digests.set(view, digest);
    return problemIf(
      known !== undefined && known !== digest,
      path,
      `view ${view} is named in two revisions`,
      'Name one of them throughout.',
    );
  });
}

function checkRoles(spec: ModelSpec): SpecProblem[] {
  const pinned = new Set(pinnedOf(spec).map(({ name }) => name));
  return Object.entries({ entity: spec.entity, eventTime: spec.eventTime }).flatMap(([role, named]) =>
    problemIf(
      named !== null && pinned.has(named.column),
      `${role}.column`,
      `${named?.column ?? ''} comes from a view, which is looked up by it`,
      'Name a column of the source.',
    ),
  );
}

function checkNamed(spec: ModelSpec): SpecProblem[] {
  const pinned = new Set(pinnedOf(spec).map(({ name }) => name));
  return spec.contract.rules.flatMap((rule, index) => {
    const named = columnsNamedBy(rule).find((name) => pinned.has(name));
    return problemIf(
      named !== undefined,
      `contract.rules[${index}]`,
      `rule ${rule.id} names ${named ?? ''}, which comes from a view`,
      'Declare the rule in the contract of the view.',
    );
  });
}
