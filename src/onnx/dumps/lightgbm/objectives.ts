import { refusedFile } from '../../file/refused-file.ts';
import { brokenDump, shown } from '../read-json.ts';
import type { Objective } from '../dump.ts';

type Answer = Pick<Objective, 'answers' | 'link'>;
const plainValue: Answer = { answers: 'value', link: 'identity' };
const positiveValue: Answer = { answers: 'value', link: 'exp' };

/** By `ConvertOutput` of its objectives (src/objective of LightGBM 4). */
const objectives: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['binary', { answers: 'probability', link: 'logistic' }],
  ['cross_entropy', { answers: 'share', link: 'logistic' }],
  ['multiclass', { answers: 'classes', link: 'softmax' }],
  ['regression', plainValue],
  ['regression_l1', plainValue],
  ['huber', plainValue],
  ['fair', plainValue],
  ['quantile', plainValue],
  ['mape', plainValue],
  ['poisson', positiveValue],
  ['gamma', positiveValue],
  ['tweedie', positiveValue],
]);

/** Of a text such as `binary sigmoid:1`; null is a dump that says none. Throws `unsupported` for another. */
export function objectiveOf(text: string | null): Objective {
  if (text === null)
    throw refusedFile(
      'says no objective, as LightGBM does not where its code is your own',
      `Train with one of ${[...objectives.keys()].join(', ')}.`,
    );
  const [name = '', ...settings] = text.split(' ').filter((word) => word !== '');
  const known = objectives.get(name);
  if (known === undefined)
    throw refusedFile(
      `was trained for the objective ${shown(name)}, whose answers are not known here`,
      `Train with one of ${[...objectives.keys()].join(', ')}.`,
    );
  if (settings.includes('sqrt') && known.link === 'identity')
    return { name, answers: 'value', link: 'signed-square', slope: 1 };
  return { name, ...known, slope: slopeIn(settings) };
}

function slopeIn(settings: readonly string[]): number {
  const said = settings.find((word) => word.startsWith('sigmoid:'));
  if (said === undefined) return 1;
  const slope = Number(said.slice('sigmoid:'.length));
  if (Number.isFinite(slope) && slope > 0) return slope;
  throw brokenDump('its sigmoid is no number above 0');
}
