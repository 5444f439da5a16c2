import { isText } from '../../domain/features/kind-of.ts';
import type { ForeignFeature, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { refusedFile } from '../file/refused-file.ts';
import { metadataOf } from '../graphs/metadata.ts';
import type { Dump, Objective } from './dump.ts';
import { dumpGraph } from './dump-graph.ts';
import { dumpBytesMax } from './dump-limits.ts';
import { giveWords } from './lightgbm/give-words.ts';
import { readLightGbm } from './lightgbm/read-lightgbm.ts';
import { brokenDump, memberOf, parseDump } from './read-json.ts';
import { readXgBoost } from './xgboost/read-xgboost.ts';

/** Whether the bytes are JSON, as dumps are, or what LightGBM writes instead of one; no ONNX file begins so. */
export function isDump(bytes: Uint8Array): boolean {
  return /^\s*[[{]|^tree\r?\n/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
}

/**
 * A dump of LightGBM or XGBoost that comes with nothing but what somebody says of it, as an ONNX file: its features
 * are those that it names, or `features` in its order; its classes `output.classes` in the order of their codes. Throws
 * `unsupported`.
 */
export function modelFromDump(bytes: Uint8Array, said: ForeignSignature, notes: string[]): Uint8Array {
  if (bytes.length > dumpBytesMax)
    throw refusedFile(`is a dump of ${bytes.length} bytes`, 'Train fewer, smaller trees.');
  const dump = readDump(new TextDecoder().decode(bytes), said);
  const { features } = dump;
  if (said.features !== undefined && said.features.length !== features.length)
    throw refusedFile(
      `reads ${features.length} features, and the signature names ${said.features.length}`,
      'Name one feature per column, in the order in which it was trained.',
    );
  const inputs = features.map((feature, at): ForeignFeature => {
    const isWord = feature.isCategory && feature.words !== null;
    return said.features?.[at] ?? { name: feature.name ?? `f${at}`, kind: isWord ? 'category' : 'number' };
  });
  const task = said.output?.task ?? tasks[dump.objective.answers](dump.base.length);
  const classes = taskOf(task).hasClasses ? classesOf(dump, said) : [];
  const signature = signatureOf({
    features: inputs.map(({ name, kind }) => ({ name, kind, missing: 'allow' as const })),
    target: taskOf(task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, classes),
  });
  const worded = {
    ...dump,
    features: features.map((one, at) => ({ ...one, words: one.words ?? inputs[at]?.values ?? null })),
  };
  // What it calls its features may be renamed: they are told by their order.
  const model = dumpGraph(worded, inputs, signature, metadataOf('imported', signature, ''));
  notes.push(`file: a dump of ${dump.maker}, ${dump.trees.length} trees, objective ${dump.objective.name}`);
  return model;
}

function readDump(text: string, { features }: ForeignSignature): Dump {
  if (text.startsWith('tree'))
    throw refusedFile(
      'is a LightGBM model in its text form, which is not read here',
      'Send json.dump(booster.dump_model(), file).',
    );
  const file = parseDump(text);
  if (memberOf(file, 'learner') !== undefined) return readXgBoost(file);
  if (memberOf(file, 'tree_info') === undefined)
    throw brokenDump('it is JSON, and neither a LightGBM dump nor an XGBoost model');
  const said = features ?? [];
  return giveWords(readLightGbm(file), (at) => {
    const feature = said[at];
    return feature !== undefined && isText(feature);
  });
}

const tasks: Readonly<Record<Objective['answers'], (sums: number) => TaskName>> = {
  probability: () => 'binary',
  classes: (sums) => (sums === 2 ? 'binary' : 'multiclass'),
  value: () => 'regression',
  share: () => 'regression',
};

function classesOf({ base }: Dump, { output }: ForeignSignature): readonly string[] {
  const count = Math.max(2, base.length);
  const classes = output?.classes ?? Array.from({ length: count }, (_, code) => String(code));
  if (classes.length === count) return classes;
  throw refusedFile(
    `answers ${count} classes, and the signature names ${classes.length}`,
    'Name one class per code, in the order of the codes.',
  );
}
