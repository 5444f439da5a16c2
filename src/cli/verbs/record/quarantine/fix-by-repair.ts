import { quarantineRepaired, repairCheck } from '../../../../contracts/http/data/quarantine.ts';
import { parseRepair } from '../../../../contracts/spec/spec-repairs.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayMany } from '../../../../domain/words/say.ts';
import { parseWhole } from '../../../../domain/words/whole-number.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

/** Readings of datasets take turns. */
const limitMs = 600_000;

/** Adds a repair to the definition, or with `--dry-run` says which of the quarantined rows it would mend. */
export async function fixByRepair(call: Call, json: string): Promise<void> {
  const other = ['set', 'where'].find((name) => call.text(name) !== null);
  if (other !== undefined) throw wrong(`--${other} edits cells, and --repair changes the definition.`, `--${other}`);
  const place = call.text('at');
  const at = place === null ? null : parseWhole(place);
  if (place !== null && at === null) throw wrong('--at is a place from 0.', '--at');
  const body = { repair: parseRepair(json), ...(at === null ? {} : { at }) };
  const isDryRun = call.isSet('dry-run');
  const reason = isDryRun ? null : reasonOf(call, 'quarantine fix');
  const [digest = ''] = call.words;
  const stack = await findStack(call.config);
  const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/quarantine/repair`;
  const ask = { method: 'POST', token: stack.token, limitMs } as const;
  if (reason === null) {
    const found = await request(repairCheck, { ...ask, url: `${url}/check`, body });
    call.out.line(`${found.model}: ${found.text}.`);
    for (const { ruleId, rows } of found.rules) call.out.line(`  ${ruleId}: ${sayMany(rows, 'row')}`);
    for (const { line, column, before, after, breaks } of found.first) {
      const end = breaks === null ? 'is taken out' : breaks.length === 0 ? 'passes' : `breaks ${breaks.join(', ')}`;
      call.out.line(`  line ${line}: ${column} ${sayCell(before)} becomes ${sayCell(after)}, and the row ${end}`);
    }
    if (found.isPartial) call.out.line(`  The quarantine has more rows than the ${found.rows} that were tried.`);
    for (const note of found.notes) call.out.line(`  Note: ${note}.`);
    return call.out.json(found);
  }
  const answer = await request(quarantineRepaired, { ...ask, url, key: call.text('id'), body: { ...body, reason } });
  call.out.line(`${answer.model}: ${answer.text}.`);
  for (const note of answer.notes) call.out.line(`  Note: ${note}.`);
  call.out.line('Add this line to the `repairs` of the definition file; without it the next apply takes it away:');
  call.out.line(`  ${answer.declaration},`);
  call.out.json(answer);
}

function sayCell(text: string | null): string {
  return text === null ? 'without a value' : JSON.stringify(text);
}

function wrong(message: string, path: string): PerennialError {
  return new PerennialError('invalid_request', message, { path, hint: 'See `perennial quarantine fix --help`.' });
}
