import { auditVerified, type AuditVerified } from '../../../../contracts/http/audit.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack, type Stack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const auditVerifyVerb: Verb = {
  name: 'audit verify',
  about: 'Check that the record is whole.',
  words: [],
  flags: [
    {
      name: 'expect',
      kind: 'text',
      value: 'SEQ:HASH',
      about: 'A row that must be there as an earlier check printed it; finds a cut end.',
    },
  ],
  examples: ['perennial audit verify', 'perennial audit verify --expect 1042:9f2c…'],
  run: verify,
};

/** Calls of at most five seconds each; a million rows take about a dozen. */
const callsMax = 10_000;

async function verify({ config, out, text }: Call): Promise<void> {
  const expect = text('expect');
  if (expect !== null && !/^\d{1,15}:[0-9a-f]{64}$/.test(expect))
    throw new PerennialError('invalid_request', '--expect must be SEQ:HASH as an earlier check printed it.', {
      path: '--expect',
      hint: 'See `perennial audit verify --help`.',
    });
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
