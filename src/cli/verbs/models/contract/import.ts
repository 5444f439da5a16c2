import { contractText } from '../../../../domain/contract/document/contract-document.ts';
import type { Verb } from '../../../line/verb.ts';
import { contractOfFile, exportFlag, objectFlag } from './contract-of.ts';
import { giveDocument, outFlag, partialFlag, refuseUnchecked, tellNotes } from './tell-contract.ts';

export const contractImportVerb: Verb = {
  name: 'contract import',
  about: 'Read a document of the Open Data Contract Standard as a contract; what has no rule here is told and fails.',
  words: ['<file>'],
  flags: [
    objectFlag,
    { name: 'name', kind: 'text', value: 'NAME', about: 'Name of the contract; as its object otherwise.' },
    outFlag,
    partialFlag,
    exportFlag,
  ],
  examples: [
    'perennial contract import orders.odcs.yaml --out orders.json',
    'perennial contract import shop.odcs.yaml --object orders --partial --json',
  ],
  async run(call) {
    const [file = ''] = call.words;
    const { document, notes } = await contractOfFile(call, file);
    call.out.json({ document, notes });
    tellNotes(call, notes);
    refuseUnchecked(call, notes);
    await giveDocument(call, contractText(document));
  },
};
