import { contractDocumentSchema, parseContract } from '../../contracts/spec/contract-document.ts';
import { describeIssues } from '../../contracts/spec/describe-issues.ts';
import {
  contractDocumentOf,
  rowsSpecOf,
  type ContractDocument,
} from '../../domain/contract/document/contract-document.ts';
import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import { defaultContract } from '../../domain/spec/default-spec.ts';
import { modelNamePattern } from '../../domain/spec/check-spec.ts';
import { checkRules } from '../../domain/spec/columns/check-rules.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import { describing } from './describing.ts';
import { findRules, inPlace, type FoundRules } from './found-rules.ts';
import { addFreshness, readAgreements } from './import-agreements.ts';
import { readColumn, type ReadColumn } from './import-column.ts';
import { takeOwn } from './import-custom.ts';
import { readQuality } from './import-quality.ts';
import { readerOf, type ImportNote, type Reader } from './reader.ts';
import { filled, isMembers, type Members } from '../terms/terms.ts';

export interface ImportedContract {
  readonly document: ContractDocument;
  /** Everything that was not taken over as it stands. */
  readonly notes: readonly ImportNote[];
}

interface ImportChoice {
  /** Of several objects of a document, the one that is meant. */
  readonly object: string | null;
  /** What the contract is called; null: as its object, as far as a model can be called so. */
  readonly name: string | null;
}

/**
 * The contract that a document of the Open Data Contract Standard 3 says, whoever wrote it. What has no rule here is
 * told in `notes`, with its place. Throws `invalid_data` for what is no such document.
 */
export function importOdcs(given: unknown, choice: ImportChoice): ImportedContract {
  const notes: ImportNote[] = [];
  const root = rootOf(given, notes);
  const object = objectOf(root, choice.object);
  const objectName = object.takeText('name') ?? '';
  object.take('logicalType');
  const rules = findRules();
  const properties = object.takeList('properties');
  const columns = readColumns(root, objectName, properties, rules, notes);
  readQuality(object, null, rules);
  addKey(columns, object, rules);
  const own = takeOwn(object);
  object.leaveRest(describing.object);
  const quarantineShareMax = own['quarantineShareMax'] ?? assumedShare(object);
  const name = choice.name ?? nameOf(objectName, object);
  takeOwn(root);
  root.leaveRest(describing.root);
  const draft = filled({ contractFormatVersion: 1, name });
  const roles = rolesOf(columns);
  const contract = { rules: [], quarantineShareMax, ...filled({ serve: own['serve'] }) };
  const bare = shaped({ ...draft, ...roles, contract });
  const kept = fittingRules(bare, rules);
  return { document: parseContract({ ...bare, contract: { ...bare.contract, rules: kept } }), notes };
}

function rootOf(given: unknown, notes: ImportNote[]): Reader {
  if (!isMembers(given) || given['kind'] !== 'DataContract') throw refused('it has no `kind: DataContract`', 'kind');
  const root = readerOf(given, [], notes);
  root.take('kind');
  const version = root.take('apiVersion');
  if (typeof version !== 'string' || !/^v3\.\d+\.\d+$/.test(version))
    throw refused('its apiVersion is none of 3.x', 'apiVersion');
  return root;
}

function refused(why: string, path: string): PerennialError {
  return new PerennialError('invalid_data', `This is no document of the Open Data Contract Standard 3: ${why}.`, {
    path,
    hint: 'See https://bitol-io.github.io/open-data-contract-standard.',
  });
}

function objectOf(root: Reader, wanted: string | null): Reader {
  const objects = root.takeList('schema');
  const names = objects.map((object) => String(object.peek('name')));
  const index = wanted === null && objects.length === 1 ? 0 : names.indexOf(wanted ?? '');
  const found = objects[index];
  if (found === undefined)
    throw new PerennialError(
      'invalid_data',
      objects.length === 0
        ? 'The document has no schema, so that there is nothing to check.'
        : `The document has the objects ${listNames(names)}${wanted === null ? '' : ` and no ${wanted}`}.`,
      { path: 'schema', hint: 'Name one of its objects with --object.' },
    );
  for (const [other, object] of objects.entries()) if (other !== index) object.note('is another object: left out');
  return found;
}

function readColumns(
  root: Reader,
  objectName: string,
  properties: readonly Reader[],
  rules: FoundRules,
  notes: ImportNote[],
): readonly ReadColumn[] {
  const names = properties.map((property) => String(property.peek('name')));
  const ages = readAgreements(root, { name: objectName, columns: names });
  const columns = properties.flatMap((property, index) => {
    const ageMsMax = ages.get(names[index] ?? '')?.ageMsMax ?? null;
    return readColumn(property, ageMsMax, rules, notes) ?? [];
  });
  const referredTo = new Set(columns.filter((column) => column.isAgeReferredTo).map(({ name }) => name));
  addFreshness(ages, referredTo, rules);
  return columns;
}

/** The columns of a primary key together have no value twice. */
function addKey(columns: readonly ReadColumn[], object: Reader, rules: FoundRules): void {
  const key = columns
    .filter(({ keyPlace }) => keyPlace !== null)
    .sort((left, right) => (left.keyPlace === right.keyPlace ? 0 : (left.keyPlace ?? 0) - (right.keyPlace ?? 0)))
    .map(({ name }) => name);
  if (key.length === 0) return;
  rules.add({ rule: 'unique', id: ruleIdOf('key', ...key), columns: key, severity: 'quarantine' }, object);
}

function rolesOf(columns: readonly ReadColumn[]) {
  const entity = columns.find(({ isEntity }) => isEntity);
  const time = columns.find(({ isEventTime }) => isEventTime);
  return {
    entity: entity === undefined ? null : { column: entity.name },
    // How its instants are written is said by the feature, where it is one.
    eventTime: time === undefined ? null : { column: time.name, ...(time.feature === null ? time.reading : {}) },
    features: columns.flatMap(({ feature }) => feature ?? []),
    target: columns.find(({ target }) => target !== null)?.target ?? null,
  };
}

function assumedShare(object: Reader): number {
  const share = defaultContract.quarantineShareMax;
  object.note(`says no share of rows that may be set aside: taken as ${100 * share} %`);
  return share;
}

function nameOf(objectName: string, object: Reader): string {
  if (modelNamePattern.test(objectName)) return objectName;
  const plain = objectName
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  const name = modelNamePattern.test(plain) ? plain : 'contract';
  object.note(`no model can be called so: called ${name}`, { at: 'name' });
  return name;
}

/** Throws where a column is of a shape that no contract has. */
function shaped(members: Members): ContractDocument {
  const parsed = contractDocumentSchema.safeParse(members);
  if (parsed.success) return contractDocumentOf(rowsSpecOf(parsed.data));
  const { text, first } = describeIssues(parsed.error);
  throw new PerennialError('invalid_data', `No contract can be made of the document: ${text}`, { path: first });
}

/** The rules that can be asked of these columns, each with an id of its own; what cannot be is told. */
function fittingRules(document: ContractDocument, { found }: FoundRules): readonly ContractRule[] {
  const rows = rowsSpecOf(document);
  const ids = new Set<string>();
  return inPlace(found).flatMap(({ rule, reader }) => {
    const [problem] = checkRules({ ...rows, contract: { ...rows.contract, rules: [rule] } });
    if (problem !== undefined) {
      reader.note(`${problem.message}. ${problem.fix}`, { isUnchecked: true });
      return [];
    }
    const id = freeId(rule.id, ids);
    if (id !== rule.id) reader.note(`another rule is called ${rule.id}: this one is called ${id}`);
    ids.add(id);
    return [{ ...rule, id }];
  });
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let number = 2; ; number++) {
    const next = ruleIdOf(id, String(number));
    if (!taken.has(next)) return next;
  }
}
