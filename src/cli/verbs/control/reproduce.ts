import { setTimeout as delay } from 'node:timers/promises';
import { reproduceAnswer } from '../../../contracts/http/answers.ts';
import { runDetailView, type RunDetailView } from '../../../contracts/http/views.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { findStack, type Stack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import { commandFlags } from '../../line/tell.ts';
import type { Call, Verb } from '../../line/verb.ts';
import { versionNumber } from '../../line/version-number.ts';

const pollMs = 500;
/** A fit takes as long as its training took; whoever cannot wait so long asks for the run later. */
const waitMsMax = 24 * 3_600_000;

export const reproduceVerb: Verb = {
  name: 'reproduce',
  about: 'Fit a version again from its own rows, definition and seed, and compare the files.',
  words: ['<model>', '<version>'],
  flags: [{ name: 'no-wait', kind: 'switch', about: 'End with the id of the run.' }, ...commandFlags],
  examples: ['perennial reproduce fraud 3', 'perennial reproduce fraud 3 --no-wait --json'],
  run: reproduce,
};

/** Ends with 1 where the bytes are others, or where there are none. */
async function reproduce(call: Call): Promise<void> {
  const [model = '', given = ''] = call.words;
  const version = versionNumber(given, model);
  const stack = await findStack(call.config);
  const reason = call.text('reason');
  const answer = await request(reproduceAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/reproduce`,
    token: stack.token,
    key: call.text('id'),
    body: { version, ...(reason === null ? {} : { reason }) },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  if (call.isSet('no-wait')) {
    if (answer.link !== null) call.out.line(`  ${answer.link}`);
    call.out.json(answer);
    return;
  }
  const run = await ended(stack, answer.runId);
  const said = `${run.detail ?? run.status}.`;
  call.out.json({ ...answer, status: run.status, detail: run.detail, ...run.output });
  if (run.status === 'completed' && run.output?.['isEqual'] === true) call.out.line(said);
  else
    throw new PerennialError(run.status === 'completed' ? 'conflict' : 'training_failed', said, {
      path: answer.runId,
      hint: `What stands in its record: GET /v1/runs/${encodeURIComponent(answer.runId)}.`,
    });
}

async function ended(stack: Stack, runId: string): Promise<RunDetailView> {
  const untilMs = performance.now() + waitMsMax;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const run = await request(runDetailView, {
      method: 'GET',
      url: `${stack.controlUrl}/v1/runs/${encodeURIComponent(runId)}`,
      token: stack.token,
    });
    if (run.status !== 'running') return run;
    if (performance.now() > untilMs)
      throw new PerennialError('timeout', `${runId} has not ended within a day.`, {
        path: runId,
        hint: `It goes on: \`perennial run steps ${runId}\`.`,
      });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(pollMs);
  }
}
