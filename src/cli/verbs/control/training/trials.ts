import { trialList, type TrialView } from '../../../../contracts/http/trials.ts';
import { columns } from '../../../../domain/words/columns.ts';
import { sayPoint } from '../../../../domain/training/search/say-search.ts';
import { workflowIds } from '../../../../domain/words/ids.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const trainingTrialsVerb: Verb = {
  name: 'training trials',
  about: 'The trials of the search of a training, the best first.',
  words: ['<model>', '<number>'],
  flags: [],
  examples: ['perennial training trials fraud 3', 'perennial training trials fraud 3 --json'],
  run: trials,
};

async function trials({ config, out, words: [model = '', number = ''] }: Call): Promise<void> {
  if (!/^[1-9]\d{0,8}$/.test(number))
    throw new PerennialError('invalid_request', `"${number}" is no number of a training.`, {
      path: '<number>',
      hint: `Use one of the trainings that \`perennial history ${model}\` lists, from 1.`,
    });
  const stack = await findStack(config);
  const list = await request(trialList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/runs/${encodeURIComponent(workflowIds.train(model, Number(number)))}/trials`,
    token: stack.token,
  });
  if (list.trials.length === 0) out.line(`Training ${number} of ${model} searches nothing, or has not begun to.`);
  else for (const line of columns([head, ...list.trials.toSorted(byRank).map(rowOf)])) out.line(line);
  out.json(list);
}

const head = ['', 'TRIAL', 'ROWS', 'LOSS', 'TREES', 'CPU S', 'SETTINGS'];

/** What saw the most rows first, and of these the lowest loss; what failed comes last. */
function byRank(a: TrialView, b: TrialView): number {
  if ((a.loss === null) !== (b.loss === null)) return a.loss === null ? 1 : -1;
  return b.rung - a.rung || (a.loss ?? 0) - (b.loss ?? 0) || a.number - b.number;
}

function rowOf({ number, family, settings, loss, trees, rows, computeMs, reason, isChosen }: TrialView): string[] {
  return [
    isChosen ? '*' : '',
    String(number),
    rows === null ? '-' : String(rows),
    loss === null ? 'failed' : loss.toPrecision(5),
    trees === null ? '-' : String(trees),
    computeMs === null ? '-' : (computeMs / 1_000).toFixed(1),
    reason ?? sayPoint({ family, values: settings }),
  ];
}
