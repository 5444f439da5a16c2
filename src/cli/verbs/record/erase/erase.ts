import { text as readAll } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { eraseAnswer } from '../../../../contracts/http/erasures.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

export const eraseVerb: Verb = {
  name: 'erase',
  about: 'Erase what is known of one entity: rows, files, spools. It cannot be undone.',
  words: [],
  flags: [
    {
      name: 'entity',
      kind: 'text',
      value: 'NAME',
      about: 'As requests name it; `-` reads one line of standard input.',
    },
    { name: 'model', kind: 'text', value: 'NAME', about: 'In this model alone.' },
    { name: 'view', kind: 'text', value: 'NAME', about: 'In this feature view alone.' },
    { name: 'all', kind: 'switch', about: 'In every model and view.' },
    { name: 'column', kind: 'text', value: 'NAME', about: 'Of views: only rows with it in this key column.' },
    { name: 'dry-run', kind: 'switch', about: 'Count what would go, and change nothing.' },
    { name: 'yes', kind: 'switch', about: 'Do not ask again.' },
    ...commandFlags,
  ],
  examples: [
    'perennial erase --entity c-4711 --all --dry-run --reason "request 88"',
    'perennial erase --entity - --model fraud --yes --reason "request 88" < name.txt',
  ],
  run,
};

async function run(call: Call): Promise<void> {
  const where = whereOf(call);
  const reason = reasonOf(call, 'erase');
  const entity = await entityOf(call);
  const isDryRun = call.isSet('dry-run');
  if (!isDryRun) await confirm(call, where);
  const stack = await findStack(call.config);
  const column = call.text('column');
  const answer = await request(eraseAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/erasures`,
    token: stack.token,
    key: call.text('id'),
    body: { entity, ...where, ...(column === null ? {} : { column }), isDryRun, reason },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  call.out.json(answer);
}

function whereOf(call: Call): { readonly model?: string; readonly view?: string; readonly all?: true } {
  const [model, view, all] = [call.text('model'), call.text('view'), call.isSet('all')];
  const named = [model !== null, view !== null, all].filter(Boolean).length;
  if (named !== 1)
    throw new PerennialError('invalid_request', '`perennial erase` takes one of --model, --view and --all.', {
      path: '--model',
      hint: 'See `perennial erase --help`.',
    });
  if (model !== null) return { model };
  return view === null ? { all: true } : { view };
}

/** Arguments of a command stand in the list of processes and in the history of a shell: a name need not. */
async function entityOf(call: Call): Promise<string> {
  const given = call.text('entity');
  const entity = given === '-' ? (await readAll(process.stdin)).replace(/\r?\n[^]*$/, '') : given;
  if (entity !== null && entity !== '') return entity;
  throw new PerennialError('invalid_request', '`perennial erase` needs --entity.', {
    path: '--entity',
    hint: 'Name it as requests do, or give it by standard input: --entity -',
  });
}

/** Asks a person for the name of what is erased from; a script says --yes. */
async function confirm(call: Call, { model, view }: ReturnType<typeof whereOf>): Promise<void> {
  if (call.isSet('yes')) return;
  const name = model ?? view ?? 'all';
  const isAsked = process.stdin.isTTY && call.text('entity') !== '-';
  if (isAsked && (await typed(`This cannot be undone. Type ${name} to erase: `)) === name) return;
  throw new PerennialError('invalid_request', 'Nothing was erased: it was not confirmed.', {
    path: '--yes',
    hint: 'Look with --dry-run first, then say --yes.',
  });
}

async function typed(question: string): Promise<string> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await line.question(question)).trim();
  } finally {
    line.close();
  }
}
