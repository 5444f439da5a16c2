import { PerennialError } from '../../../../domain/words/errors.ts';
import { parseWhole } from '../../../../domain/words/whole-number.ts';
import type { Flag } from '../../../line/verb.ts';

export const whereFlag: Flag = {
  name: 'where',
  kind: 'text',
  value: 'RULE',
  about: 'rule=amount.range or line=12: the rows that are meant.',
};

/** A row of a quarantine, or all that broke a rule, as requests name them. Throws invalid_request for anything else. */
export function whereOf(text: string | null): { readonly rule?: string; readonly line?: number } {
  if (text === null) return {};
  const [, name, value = ''] = /^(rule|line)=(.+)$/.exec(text) ?? [];
  if (name === 'rule') return { rule: value };
  const line = name === 'line' ? parseWhole(value) : null;
  if (line !== null) return { line };
  throw new PerennialError('invalid_request', '--where is rule=<id of a rule> or line=<number>.', {
    path: '--where',
    hint: 'Such as --where rule=amount.range, or --where line=12.',
  });
}
