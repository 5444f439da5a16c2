import type {
  ContractDocument,
  ContractFeature,
  ContractTarget,
} from '../../domain/contract/document/contract-document.ts';
import { columnsOf } from '../../domain/spec/columns/columns-of.ts';
import { readingIn } from '../../domain/spec/columns/declared-reading.ts';
import type { ColumnDraft } from './export-draft.ts';
import { filled, logicalTypes } from '../terms/terms.ts';
import { rowsSpecOf } from '../../domain/contract/document/contract-document.ts';

/** Every declared column, in signature order. */
export function draftColumns(document: ContractDocument): readonly ColumnDraft[] {
  return columnsOf(rowsSpecOf(document)).map((name) => {
    const feature = document.features.find((candidate) => candidate.name === name);
    const draft = feature === undefined ? draftRole(document, name) : draftFeature(feature);
    if (document.entity?.column === name) draft.own['isEntity'] = true;
    if (document.eventTime?.column === name) draft.own['isEventTime'] = true;
    return draft;
  });
}

function draftFeature(feature: ContractFeature): ColumnDraft {
  const { name, missing, about, serve, use } = feature;
  const base = {
    name,
    members: filled({ required: missing === 'refuse', description: about }),
    physicalType: null,
    quality: [],
  };
  const own = { ...filled({ serve, use }) };
  switch (feature.kind) {
    case 'number': {
      const { min, max, integer } = feature;
      return {
        ...base,
        logicalType: integer === true ? 'integer' : logicalTypes.number,
        options: { ...filled({ minimum: min, maximum: max }) },
        own: integer === false ? { ...own, isWhole: false } : own,
      };
    }
    case 'category': {
      const quality = feature.values === undefined ? [] : [valuesCheck(name, 'values', feature.values)];
      return { ...base, logicalType: logicalTypes.category, options: {}, quality, own };
    }
    case 'boolean':
      return { ...base, logicalType: logicalTypes.boolean, options: {}, own };
    case 'time':
      return { ...base, logicalType: logicalTypes.time, ...writtenTimes(feature, own) };
  }
}

/** A column that is target, entity or event time, and no feature. */
function draftRole({ target, eventTime }: ContractDocument, name: string): ColumnDraft {
  const base = { name, members: {}, physicalType: null, quality: [], options: {}, own: { isFeature: false } };
  if (target !== null && target.column === name) return draftTarget(target);
  if (eventTime === null || eventTime.column !== name) return { ...base, logicalType: logicalTypes.category };
  return { ...base, logicalType: logicalTypes.time, ...writtenTimes(eventTime, base.own) };
}

function draftTarget(target: ContractTarget): ColumnDraft {
  const { column: name, task } = target;
  const base = { name, members: { required: true }, physicalType: null, options: {} };
  switch (target.task) {
    case 'binary':
      return {
        ...base,
        logicalType: logicalTypes.category,
        quality: [valuesCheck(name, 'label', [target.negative, target.positive])],
        own: { isFeature: false, target: { task, positive: target.positive } },
      };
    case 'multiclass':
      return {
        ...base,
        logicalType: logicalTypes.category,
        quality: [valuesCheck(name, 'label', target.classes)],
        own: { isFeature: false, target: { task } },
      };
    case 'regression':
      return { ...base, logicalType: logicalTypes.number, quality: [], own: { isFeature: false, target: { task } } };
  }
}

function valuesCheck(column: string, kind: string, values: readonly string[]) {
  return {
    name: `${column}.${kind}`,
    type: 'library',
    metric: 'invalidValues',
    arguments: { validValues: values },
    mustBe: 0,
    unit: 'rows',
    dimension: 'conformity',
    severity: 'quarantine',
  };
}

/** The zone has a place in the standard; in what order dates are written, and what a number counts, have none. */
function writtenTimes(time: object, own: Record<string, unknown>): Pick<ColumnDraft, 'options' | 'own'> {
  const { timeZone, dateOrder, epochUnit } = readingIn(time);
  return {
    options: { ...filled({ defaultTimezone: timeZone }) },
    own: { ...own, ...filled({ dateOrder, epochUnit }) },
  };
}
