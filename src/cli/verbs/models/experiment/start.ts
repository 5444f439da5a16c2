import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { specView } from '../../../../contracts/http/answers.ts';
import { experimentAnswer, type ExperimentView } from '../../../../contracts/http/trainers/experiments.ts';
import { parseSpec } from '../../../../contracts/spec/parse-spec.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack, type Stack } from '../../../../stack/find-stack.ts';
import { loadDefinitions } from '../../../../stack/load-definitions.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Call, Out, Verb } from '../../../line/verb.ts';
import { askExperiment } from './show.ts';
import { linesOfExperiment, sayCandidate } from './tell-experiment.ts';

const pollMs = 500;
/** As long as sixteen fits may take; whoever cannot wait so long asks for it later. */
const waitMsMax = 24 * 3_600_000;

export const experimentVerb: Verb = {
  name: 'experiment',
  about: 'Fit several definitions of a model on the same rows and compare them; nothing is released.',
  words: ['<model>'],
  flags: [
    { name: 'spec', kind: 'texts', value: 'FILE', about: 'A file that defines the model; 16 at most.' },
    { name: 'current', kind: 'switch', about: 'The definition that stands takes part as well, called "current".' },
    { name: 'snapshot', kind: 'text', value: 'NAME|DIGEST', about: 'The rows; left out, the newest snapshot.' },
    {
      name: 'metric',
      kind: 'text',
      value: 'NAME',
      about: "What is compared; left out, that of the first one's rollout.",
    },
    { name: 'no-wait', kind: 'switch', about: 'End with the id of the run.' },
    ...commandFlags,
  ],
  examples: [
    'perennial experiment fraud --spec a.ts --spec b.ts',
    'perennial experiment fraud --current --spec more-trees.ts --snapshot june --metric auroc --json',
  ],
  run: start,
};

/** Ends with 1 where no candidate came to anything. */
async function start(call: Call): Promise<void> {
  const [model = ''] = call.words;
  const files = call.texts('spec');
  if (files.length === 0)
    throw new PerennialError('invalid_request', 'No definition is named to be compared.', {
      path: '--spec',
      hint: `\`perennial experiment ${model} --spec a.ts --spec b.ts\`.`,
    });
  // Read before anything is asked: what is wrong with a file is said of the file.
  const loaded = [];
  // oxlint-disable-next-line no-await-in-loop -- some files
  for (const file of files) loaded.push(await candidateIn(file, model, call.config.rootDir));
  const stack = await findStack(call.config);
  const current = call.isSet('current') ? [{ name: 'current', spec: await currentOf(stack, model) }] : [];
  const [reason, snapshot, metric] = [call.text('reason'), call.text('snapshot'), call.text('metric')];
  const answer = await request(experimentAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/experiments`,
    token: stack.token,
    key: call.text('id'),
    body: {
      candidates: [...current, ...loaded],
      ...(snapshot === null ? {} : { snapshot }),
      ...(metric === null ? {} : { metric }),
      ...(reason === null ? {} : { reason }),
    },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  if (call.isSet('no-wait')) {
    if (answer.link !== null) call.out.line(`  ${answer.link}`);
    call.out.json(answer);
    return;
  }
  const view = await ended(stack, call.out, model, answer.number);
  for (const line of linesOfExperiment(view)) call.out.line(line);
  call.out.json(view);
  if (view.best === null)
    throw new PerennialError('training_failed', `${view.text ?? view.status}.`, {
      path: view.runId,
      hint: `What stands in its record: \`perennial experiment show ${model} ${view.number}\`.`,
    });
}

/** Called like its file: `models/more-trees.ts` is `more-trees`. */
async function candidateIn(file: string, model: string, rootDir: string) {
  const { models } = await loadDefinitions(file, rootDir, null);
  const specs = models.map((definition) => parseSpec(definition));
  const spec = specs.find(({ name }) => name === model);
  if (spec !== undefined) return { name: path.basename(file).replace(/\.[a-z]+$/, ''), spec };
  const others = specs.map(({ name }) => `"${name}"`).join(', ');
  throw new PerennialError('invalid_spec', `${file} defines ${others || 'no model'}, not "${model}".`, {
    path: file,
    hint: `Let it export \`defineModel("${model}", { … })\`.`,
  });
}

async function currentOf(stack: Stack, model: string): Promise<Record<string, unknown>> {
  const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/spec`;
  return (await request(specView, { method: 'GET', url, token: stack.token })).spec;
}

async function ended(stack: Stack, out: Out, model: string, number: number): Promise<ExperimentView> {
  const untilMs = performance.now() + waitMsMax;
  const told = new Set<string>();
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const view = await askExperiment(stack, model, number);
    for (const candidate of view.candidates) {
      if (told.has(candidate.name) || (candidate.family === null && candidate.reason === null)) continue;
      told.add(candidate.name);
      out.line(sayCandidate(candidate, view.metric));
    }
    if (view.status !== 'running') return view;
    if (performance.now() > untilMs)
      throw new PerennialError('timeout', `${view.runId} has not ended within a day.`, {
        path: view.runId,
        hint: `It goes on: \`perennial run steps ${view.runId}\`.`,
      });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(pollMs);
  }
}
