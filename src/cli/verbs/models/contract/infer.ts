import path from 'node:path';
import { dateOrders } from '../../../../domain/spec/closed-sets.ts';
import {
  contractDocumentOf,
  contractText,
  rowsSpecOf,
  type ContractDocument,
} from '../../../../domain/contract/document/contract-document.ts';
import { describeChange, diffSpecs } from '../../../../domain/spec/diff-spec.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayChoice, sayMany } from '../../../../domain/words/say.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { contractOfFile, contractOfModel, exportFlag, isFile, objectFlag } from './contract-of.ts';
import { giveDocument, outFlag, partialFlag, refuseUnchecked, tellNotes } from './tell-contract.ts';

export const contractInferVerb: Verb = {
  name: 'contract infer',
  about: 'Propose a contract that the rows of a file keep; with --against, the changes that the file asks for.',
  words: ['<file>'],
  flags: [
    {
      name: 'against',
      kind: 'text',
      value: 'MODEL|FILE',
      about: 'Start from the contract of this model, view or file, and show what is new, what changed, what is gone.',
    },
    { name: 'name', kind: 'text', value: 'NAME', about: 'Name of the contract; from the file name otherwise.' },
    { name: 'target', kind: 'text', value: 'COLUMN', about: 'The column that is to be predicted.' },
    { name: 'positive', kind: 'text', value: 'LABEL', about: 'Of two labels, the one that is looked for.' },
    { name: 'time', kind: 'text', value: 'COLUMN', about: 'The column that says when a row happened.' },
    { name: 'entity', kind: 'text', value: 'COLUMN', about: 'The column that says whom a row is about.' },
    { name: 'date-order', kind: 'text', value: 'ORDER', about: 'Of dates such as 04/07/20: day-first and so on.' },
    outFlag,
    objectFlag,
    exportFlag,
    partialFlag,
  ],
  examples: [
    'perennial contract infer orders.csv --target returned --out orders.json',
    'perennial contract infer orders-2026-11.csv --against orders',
  ],
  async run(call) {
    const [file = ''] = call.words;
    const before = await startOf(call);
    const { inferContract } = await import('../../../../data/infer/contract/infer-contract.ts');
    const { spec, rows, notes } = await inferContract({
      path: file,
      ...texts(call, ['name', 'target', 'positive', 'time', 'entity']),
      ...dateOrderOf(call),
      ...(before === null ? {} : { against: rowsSpecOf(before) }),
    });
    const document = contractDocumentOf(spec);
    const changes = before === null ? null : diffSpecs(before, document);
    call.out.json({ file, rows, notes, document, changes });
    call.out.line(`${path.basename(file)}: ${sayMany(rows, 'row')} looked at.`);
    for (const note of notes) call.out.line(`  ${note}`);
    if (changes !== null) {
      call.out.line(changes.length === 0 ? 'The contract stays as it is.' : 'Changes to accept:');
      for (const change of changes) call.out.line(`  ${describeChange(change)}`);
    }
    await giveDocument(call, contractText(document));
  },
};

async function startOf(call: Call): Promise<ContractDocument | null> {
  const against = call.text('against');
  if (against === null) return null;
  for (const role of ['name', 'target', 'positive', 'time', 'entity', 'date-order'])
    if (call.text(role) !== null)
      throw new PerennialError('invalid_request', `--${role} is what the contract of --against says.`, {
        path: `--${role}`,
        hint: 'Leave one of them out.',
      });
  const found = isFile(against) ? await contractOfFile(call, against) : await contractOfModel(call, against);
  tellNotes(call, found.notes);
  refuseUnchecked(call, found.notes);
  return found.document;
}

function texts<Name extends string>(call: Call, names: readonly Name[]): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = call.text(name);
    if (text !== null) given[name] = text;
  }
  return given;
}

function dateOrderOf(call: Call) {
  const given = call.text('date-order');
  if (given === null) return {};
  const dateOrder = dateOrders.find((order) => order === given);
  if (dateOrder !== undefined) return { dateOrder };
  throw new PerennialError('invalid_request', `--date-order must be ${sayChoice(dateOrders)}.`, {
    path: '--date-order',
  });
}
