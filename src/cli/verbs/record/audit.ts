import { auditList, auditVerified, type AuditVerified } from '../../../contracts/http/audit.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { nearestName } from '../../../domain/words/nearest-name.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { findStack, type Stack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Call, Verb } from '../../line/verb.ts';

const actions = ['list', 'verify'] as const;

export const auditVerb: Verb = {
  name: 'audit',
  about: 'Who changed what and why (list), and whether that record is whole (verify).',
  words: ['<list|verify>'],
  flags: [
    { name: 'model', kind: 'text', about: 'list: rows of this model only.' },
    { name: 'type', kind: 'text', about: 'list: rows of this type only, such as perennial.champion.moved.' },
    { name: 'before', kind: 'text', value: 'SEQ', about: 'list: rows before this place.' },
    { name: 'limit', kind: 'text', value: 'N', about: 'list: at most so many rows (1 to 500, default 50).' },
    {
      name: 'expect',
      kind: 'text',
      value: 'SEQ:HASH',
      about: 'verify: a row that must be there as an earlier check printed it; finds a cut end.',
    },
  ],
  examples: [
    'perennial audit list --model fraud',
    'perennial audit verify',
    'perennial audit verify --expect 1042:9f2c…',
  ],
  async run(call) {
    const [action = ''] = call.words;
    if (action === 'list') return list(call);
    if (action === 'verify') return verify(call);
    const close = nearestName(action, actions);
    throw misuse(`\`perennial audit\` has no "${action}"${close === null ? '' : `; did you mean ${close}?`}`, action);
  },
};

async function list({ config, out, text }: Call): Promise<void> {
  const stack = await findStack(config);
  const query = new URLSearchParams();
  for (const name of ['model', 'type', 'before', 'limit']) {
    const value = text(name);
    if (value !== null) query.set(name, value);
  }
  const page = await request(auditList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/audit?${query.toString()}`,
    token: stack.token,
  });
  const rows = page.rows.map((row) => [
    String(row.seq),
    shortInstant(row.at),
    row.type.replace(/^perennial\./, ''),
    row.subject,
    row.actor,
    row.reason.replaceAll(/\s+/g, ' '),
  ]);
  for (const line of columns([['SEQ', 'AT (UTC)', 'TYPE', 'SUBJECT', 'BY', 'WHY'], ...rows])) out.line(line);
  if (page.next !== null) out.line(`Older: --before ${page.next}`);
  out.json(page);
}

/** Calls of at most five seconds each; a million rows take about a dozen. */
const callsMax = 10_000;

async function verify({ config, out, text }: Call): Promise<void> {
  const expect = text('expect');
  if (expect !== null && !/^\d{1,15}:[0-9a-f]{64}$/.test(expect))
    throw misuse('--expect must be SEQ:HASH as an earlier check printed it', '--expect');
  const stack = await findStack(config);
  let result = await ask(stack, null, expect);
  let checked = result.checked;
  for (let calls = 1; !result.isComplete && calls < callsMax; calls++) {
    result = await ask(stack, result.head, expect);
    checked += result.checked;
  }
  out.json({ ...result, checked });
  if (result.wrong !== null) {
    throw new PerennialError(
      'audit_broken',
      `Row ${result.wrong.seq} of the audit is wrong: ${result.wrong.why}. ${checked} rows before it are right.`,
      { path: `audit/${result.wrong.seq}` },
    );
  }
  out.line(`The audit is whole: ${checked} rows.`);
  out.line(`Note this outside of the database, and give it to --expect next time: ${result.head}`);
}

function ask(stack: Stack, after: string | null, expect: string | null): Promise<AuditVerified> {
  const query = new URLSearchParams();
  if (after !== null) query.set('after', after);
  if (expect !== null) query.set('expect', expect);
  return request(auditVerified, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/audit/verify?${query.toString()}`,
    token: stack.token,
  });
}

function misuse(sentence: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, { path, hint: 'See `perennial audit --help`.' });
}
