import { opsetOf, type ForeignModel } from '../file/foreign-model.ts';
import { opsetMin, unliftable } from './lift-opset.ts';
import { refusedFile } from '../file/refused-file.ts';

/** Bounds of an imported file; a run of more nodes than this would not answer in time. */
export const importBytesMax = 512 * 1024 * 1024;
const nodesMax = 50_000;
/** Values of one constant: as many float32 as the largest file may hold. A sparse one is unpacked when it is loaded. */
const tensorSizeMax = importBytesMax / 4;
/** The newest forms of a file that the bundled ONNX Runtime loads; a test asks it. */
export const irVersionMax = 13;
export const opsetMax = 26;

/** Operators whose answer differs from run to run: such a model can be neither replayed nor compared. */
const randomOps = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/**
 * Refuses what is unsafe or cannot be served, from the structure of the file alone: nothing of it has run yet. Throws
 * `unsupported` with one sentence that says what is wrong and how the file must be made.
 */
export function checkForeign(model: ForeignModel): void {
  checkVersions(model);
  checkContents(model);
  checkOperators(model);
}

function checkVersions(model: ForeignModel): void {
  if (model.irVersion > irVersionMax)
    throw refusedFile(
      `is written in IR version ${model.irVersion}; ${irVersionMax} is the newest that is served here`,
      `Save it in an older one: model.ir_version = ${Math.min(10, irVersionMax)}; onnx.save(model, path).`,
    );
  const changed = unliftable(model);
  if (changed !== null)
    throw refusedFile(
      `uses ${changed} of an opset before ${opsetMin}, where it means something else`,
      `Export it with target_opset=${opsetMin} or newer (13 to 21 are safe).`,
    );
  const opset = opsetOf(model, '');
  if (opset !== null && opset > opsetMax)
    throw refusedFile(
      `is written for opset ${opset}; ${opsetMax} is the newest that is served here`,
      `Export it with target_opset=${opsetMax} or older (13 to 21 are safe).`,
    );
}

function checkContents({ census }: ForeignModel): void {
  if (census.externalTensors > 0)
    throw refusedFile(
      'keeps weights in other files (external data), which a single file cannot bring along',
      'Save it with all weights inside: onnx.save(model, path, save_as_external_data=False).',
    );
  if (census.hasTraining) throw refusedFile('carries training information', 'Export the model for inference alone.');
  if (census.nodes > nodesMax)
    throw refusedFile(`has ${census.nodes} nodes; at most ${nodesMax} are served`, 'Export a smaller model.');
  if (census.largestTensorSize > tensorSizeMax)
    throw refusedFile(
      `holds a constant of ${census.largestTensorSize} values; at most ${tensorSizeMax} are served`,
      'Export a smaller model.',
    );
}

function checkOperators({ census, functions }: ForeignModel): void {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const known = new Set(['', 'ai.onnx.ml']);
  const redefined = functions.find(({ domain }) => known.has(domain === 'ai.onnx' ? '' : domain));
  if (redefined !== undefined)
    throw refusedFile(
      `defines the standard operator ${redefined.name} anew`,
      'Export it with functions in a domain of their own, or without functions.',
    );
  const ops = [...census.ops.keys()].filter((key) => !own.has(key));
  const custom = ops.filter((key) => !known.has(key.slice(0, key.lastIndexOf(':'))));
  if (custom.length > 0)
    throw refusedFile(
      `uses operators outside the standard (${custom.slice(0, 5).map(named).join(', ')})`,
      'Export it with the operators of ai.onnx and ai.onnx.ml alone, without optimising it for one runtime.',
    );
  if (ops.includes(':Loop'))
    throw refusedFile(
      'contains a Loop, which may run for ever',
      'Export it without loops (with fixed lengths, or as LSTM, GRU or Scan).',
    );
  const random = ops.filter((key) => randomOps.has(key.slice(key.lastIndexOf(':') + 1)));
  if (random.length > 0)
    throw refusedFile(
      `draws random numbers (${random.map(named).join(', ')}), so that the same row gets another answer each time`,
      'Export it in evaluation mode.',
    );
}

function named(key: string): string {
  return key
    .replace(/^:/, '')
    .replace(':', '.')
    .replace(/[^\w.]/g, '')
    .slice(0, 60);
}
