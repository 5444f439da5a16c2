import path from 'node:path';
import type { FileCheck } from '../../../../data/contract/check-file.ts';
import { rowsSpecOf } from '../../../../domain/contract/document/contract-document.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { cut, printable } from '../../../../domain/words/cut.ts';
import { sayCount, sayMany } from '../../../../domain/words/say.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { contractOfFile, contractOfModel, exportFlag, objectFlag, type FoundContract } from './contract-of.ts';
import { partialFlag, refuseUnchecked, tellNotes } from './tell-contract.ts';

const rawCharsMax = 120;

export const contractCheckVerb: Verb = {
  name: 'contract check',
  about: 'Check a file by a contract on this machine: nothing is stored. Exit code 1 where it would be refused.',
  words: ['<file>'],
  flags: [
    { name: 'model', kind: 'text', value: 'NAME', about: 'The contract of this model or view of the server.' },
    {
      name: 'contract',
      kind: 'text',
      value: 'FILE',
      about: 'A contract document, one of the Open Data Contract Standard, or a definition; needs no server.',
    },
    { name: 'unlabelled', kind: 'switch', about: 'The rows have no labels yet.' },
    { name: 'strict', kind: 'switch', about: 'Fail when any row is set aside, not only above the allowed share.' },
    { name: 'without-views', kind: 'switch', about: 'Leave out, and name, the rules that ask a view of the platform.' },
    objectFlag,
    exportFlag,
    partialFlag,
  ],
  examples: [
    'perennial contract check orders.csv --model orders',
    'perennial contract check orders.parquet --contract models/orders.ts --strict',
    'perennial contract check orders.ndjson --contract orders.odcs.yaml --unlabelled --json',
  ],
  async run(call) {
    const [file = ''] = call.words;
    const { document, notes } = await contractNamed(call);
    tellNotes(call, notes);
    refuseUnchecked(call, notes);
    // Loaded here: it brings the engine.
    const { checkFile } = await import('../../../../data/contract/check-file.ts');
    const unlabelled = call.isSet('unlabelled') || document.target === null ? 'allow' : 'refuse';
    const checked = await checkFile({
      path: file,
      spec: rowsSpecOf(document),
      unlabelled,
      isWithoutViews: call.isSet('without-views'),
    });
    call.out.json({ file, contract: document.name, ...checked });
    for (const line of linesOf(file, document.name, checked)) call.out.line(line);
    refuseBad(call, file, checked);
  },
};

function contractNamed(call: Call): Promise<FoundContract> {
  const model = call.text('model');
  const contract = call.text('contract');
  if (model !== null && contract === null) return contractOfModel(call, model);
  if (model === null && contract !== null) return contractOfFile(call, contract);
  throw new PerennialError('invalid_request', '`perennial contract check` needs --model or --contract, one of them.', {
    path: '--contract',
    hint: 'See `perennial contract check --help`.',
  });
}

function linesOf(file: string, contract: string, checked: FileCheck): readonly string[] {
  const { rows, accepted, quarantined, rules, notAsked, readingNotes } = checked;
  return [
    `${path.basename(file)} by the contract of ${contract}: ${sayMany(rows, 'row')}, ${sayCount(accepted)} accepted, ` +
      `${sayCount(quarantined)} set aside`,
    ...notAsked.map((id) => `  not asked  ${id}: it asks a view of the platform`),
    ...readingNotes.map((note) => `  ${note}`),
    ...rules.flatMap(({ ruleId, severity, rows: broken, line, about, examples }) => [
      line === null
        ? `  ${severity}  ${ruleId}: ${about}`
        : `  ${severity}  ${ruleId}: ${sayMany(broken, 'row')}, first on line ${line}; ${about}`,
      ...examples.map((row) => `      line ${row.line}: ${cut(printable(row.raw), rawCharsMax)}`),
    ]),
  ];
}

function refuseBad(call: Call, file: string, { verdict, text, quarantined }: FileCheck): void {
  const hint = 'Repair the file, or the contract where the rows are right.';
  if (verdict === 'rejected')
    throw new PerennialError('contract_rejected', `${path.basename(file)}: ${text}.`, { path: file, hint });
  if (quarantined > 0 && call.isSet('strict'))
    throw new PerennialError('contract_rejected', `${path.basename(file)}: ${sayMany(quarantined, 'row')} set aside.`, {
      path: file,
      hint,
    });
}
