import { opendir } from 'node:fs/promises';
import { externalFiles, externalOutputs, type ExternalOutput } from '../../domain/training/external.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { cut } from '../../domain/words/cut.ts';

const { models } = externalFiles;
/** A folder of more is not searched for what a program may have meant. */
const namesMax = 1_000;
/** What a program may think is a model: code, or something that nothing here reads. */
const otherForms = /\.(?:pkl|pickle|joblib|pt|pth|ckpt|h5|keras|safetensors|pmml|cbm|ubj)$/i;

/**
 * Which model file a program has left. Throws `invalid_data` unless it is exactly one; a pickle is named, and never
 * opened, because reading one runs it.
 */
export async function findModel(folder: string): Promise<ExternalOutput> {
  const names = await namesIn(folder);
  const found = externalOutputs.filter((output) => names.includes(models[output]));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  if (found.length > 1)
    throw refused(`left ${found.map((output) => models[output]).join(' and ')}`, 'Leave exactly one model file.');
  const other = names.find((name) => otherForms.test(name));
  if (other !== undefined)
    throw refused(
      `left "${cut(other, 80)}", which is no model file: a pickle is code, and nothing here runs it`,
      `Turn it into ${models.onnx}, for scikit-learn by skl2onnx, for PyTorch by torch.onnx.export.`,
    );
  throw refused('left no model file', `Leave one of: ${listNames(Object.values(models))}.`);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(folder)) {
    names.push(name);
    if (names.length > namesMax) throw refused(`left more than ${namesMax} files in its folder`, 'Remove what is old.');
  }
  return names.toSorted();
}

function refused(what: string, hint: string): PerennialError {
  return new PerennialError('invalid_data', `The trainer ${what}.`, { path: 'trainer', hint });
}
