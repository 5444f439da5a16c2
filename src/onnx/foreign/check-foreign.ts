import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignModel } from './read-foreign.ts';

/** Bounds of an imported file; a run of more nodes than this would not answer in time. */
export const importBytesMax = 512 * 1024 * 1024;
const nodesMax = 50_000;
/** Operator sets that every step of the wrapping exists in (ArgMax, Where, IsNaN as they are used). */
const opsetMin = 9;

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
  const { census } = model;
  const ops = [...census.ops.keys()];
  const named = (key: string): string => key.replace(/^:/, '').replace(':', '.');
  if (census.externalTensors > 0) {
    refuse(
      'keeps weights in other files (external data), which a single file cannot bring along',
      'Save it with all weights inside: onnx.save(model, path, save_as_external_data=False).',
    );
  }
  if (census.hasTraining) refuse('carries training information', 'Export the model for inference alone.');
  if (census.nodes > nodesMax)
    refuse(`has ${census.nodes} nodes; at most ${nodesMax} are served`, 'Export a smaller model.');
  const allowed = new Set(['', 'ai.onnx.ml', ...model.functionDomains]);
  const custom = ops.filter((key) => !allowed.has(key.slice(0, key.lastIndexOf(':'))));
  if (custom.length > 0) {
    refuse(
      `uses operators outside the standard (${custom.slice(0, 5).map(named).join(', ')})`,
      'Export it with the operators of ai.onnx and ai.onnx.ml alone, without optimising it for one runtime.',
    );
  }
  if (ops.includes(':Loop'))
    refuse(
      'contains a Loop, which may run for ever',
      'Export it without loops (with fixed lengths, or as LSTM, GRU or Scan).',
    );
  const random = ops.filter((key) => randomOps.has(key.slice(key.lastIndexOf(':') + 1)));
  if (random.length > 0)
    refuse(
      `draws random numbers (${random.map(named).join(', ')}), so that the same row gets another answer each time`,
      'Export it in evaluation mode.',
    );
  const opset = model.opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (opset !== undefined && opset.version < opsetMin)
    refuse(
      `is written for opset ${opset.version}; at least ${opsetMin} is needed`,
      'Export it again with a newer opset (13 to 18 are safe).',
    );
}

function refuse(what: string, hint: string): never {
  throw new PerennialError('unsupported', `The model ${what}.`, { path: 'model', hint });
}
