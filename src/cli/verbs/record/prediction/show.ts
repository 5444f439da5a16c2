import { predictionList, type LoggedPrediction } from '../../../../contracts/http/predictions.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Out, Verb } from '../../../line/verb.ts';

export const predictionShowVerb: Verb = {
  name: 'prediction show',
  about: 'What was answered once: row, answer, version, labels, and which training used it.',
  words: ['<model>', '<id>'],
  flags: [{ name: 'entity', kind: 'switch', about: 'The id is that of an entity: show its newest predictions.' }],
  examples: ['perennial prediction show fraud order-4711', 'perennial prediction show fraud card-12 --entity'],
  run: show,
};

async function show({ config, words, isSet, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const [model = '', id = ''] = words;
  const query = new URLSearchParams(isSet('entity') ? { entity: id } : { id });
  const { predictions } = await request(predictionList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/predictions?${query}`,
    token: stack.token,
  });
  if (predictions.length === 0)
    throw new PerennialError('not_found', `Nothing of ${model} is logged under ${id}.`, {
      path: id,
      hint: 'An id is written as the answer had it; with --entity it is the entity that was sent.',
    });
  for (const prediction of predictions) print(prediction, out);
  out.json(predictions);
}

function print(one: LoggedPrediction, out: Out): void {
  const place = one.storedIn === 'sealed' ? 'a sealed file' : 'the database';
  out.line(
    `${one.predictionId}: row ${one.seq} of ${one.model}, window ${one.window}, ${one.requestedAt}, from ${place}`,
  );
  out.line(
    `  answered by v${one.version} as ${one.arm} (${one.stage})${one.failed ? ', failed' : ''}: ${answerOf(one)}`,
  );
  if (one.rawScores !== null) out.line(`  before correction ${one.correction}: ${one.rawScores.join(', ')}`);
  if (one.other !== null) out.line(`  v${one.other.version} said: ${one.other.scores?.join(', ') ?? 'nothing'}`);
  out.line(
    `  asked: ${Object.entries(one.features)
      .map(([name, value]) => `${name}=${value ?? 'missing'}`)
      .join(' ')}`,
  );
  for (const { label, receivedAt, knownWindow } of one.labels)
    out.line(`  label ${label}, ${receivedAt}, known in window ${knownWindow}`);
  if (one.labels.length === 0) out.line('  no label yet');
  for (const { name, value, receivedAt, knownWindow } of one.proxies)
    out.line(`  proxy ${name} ${value}, ${receivedAt}, known in window ${knownWindow}`);
  const versions = one.trainings.map(({ version }) => `v${version}`);
  out.line(`  learnt from by ${versions.length === 0 ? 'no training yet' : versions.join(', ')}`);
}

const answerOf = ({ decision, scores }: LoggedPrediction): string =>
  decision === null ? scores.join(', ') : `${decision} (${scores.join(', ')})`;
