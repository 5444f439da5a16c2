import type {
  ContractDocument,
  ContractFeature,
  ContractTarget,
} from '../../domain/contract/document/contract-document.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
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
  return { ...base, logicalType: logicalTypes[feature.kind], ...writerOf(feature.kind).draft(feature, own) };
}

type Drafted = Partial<Pick<ColumnDraft, 'logicalType' | 'quality'>> & Pick<ColumnDraft, 'options' | 'own'>;

/** What a kind writes beside what all do. Methods, so that the writer of one kind stands for any. */
interface KindWriter<Feature extends ContractFeature = ContractFeature> {
  draft(feature: Feature, own: Record<string, unknown>): Drafted;
}

type FeatureNamed<Kind extends FeatureKind> = Extract<ContractFeature, { readonly kind: Kind }>;

const kindWriters: { readonly [Kind in FeatureKind]: KindWriter<FeatureNamed<Kind>> } = {
  number: {
    draft: ({ min, max, integer }, own) => ({
      ...(integer === true ? { logicalType: 'integer' } : {}),
      options: { ...filled({ minimum: min, maximum: max }) },
      own: integer === false ? { ...own, isWhole: false } : own,
    }),
  },
  category: {
    draft: ({ name, values }, own) => ({
      options: {},
      quality: values === undefined ? [] : [valuesCheck(name, 'values', values)],
      own,
    }),
  },
  boolean: { draft: (_, own) => ({ options: {}, own }) },
  time: { draft: writtenTimes },
};

function writerOf(kind: FeatureKind): KindWriter {
  return kindWriters[kind];
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
  const classes = classesOf({ ...target, labelDelay: { rows: 1 } });
  const positive = 'positive' in target ? { positive: target.positive } : {};
  return {
    name,
    members: { required: true },
    physicalType: null,
    options: {},
    logicalType: classes.length === 0 ? logicalTypes.number : logicalTypes.category,
    quality: classes.length === 0 ? [] : [valuesCheck(name, 'label', classes)],
    own: { isFeature: false, target: { task, ...positive } },
  };
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
