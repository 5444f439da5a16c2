import { contractDocumentJsonSchema } from '../../../../contracts/spec/contract-document.ts';
import { contractRowSchemaOf } from '../../../../contracts/spec/contract-row-schema.ts';
import { contractText, rowsSpecOf } from '../../../../domain/contract/document/contract-document.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayChoice } from '../../../../domain/words/say.ts';
import type { Verb } from '../../../line/verb.ts';
import { contractOfFile, contractOfModel, exportFlag, isFile, objectFlag, type FoundContract } from './contract-of.ts';
import { giveDocument, outFlag, partialFlag, refuseUnchecked, tellNotes } from './tell-contract.ts';

interface Written {
  readonly text: string;
  readonly value: object;
}

const formats: Readonly<Record<string, (found: FoundContract) => Promise<Written>>> = {
  odcs: async ({ document, revision, owner, purpose }) => {
    const { exportOdcs } = await import('../../../../contract-documents/write/export-odcs.ts');
    const { writeYaml } = await import('../../../../contract-documents/terms/yaml.ts');
    const value = exportOdcs(document, {
      version: String(revision ?? 0),
      status: revision === null ? 'draft' : 'active',
      ...(purpose === null ? {} : { purpose }),
      ...(owner === null ? {} : { owner }),
    });
    return { text: writeYaml(value), value };
  },
  contract: async ({ document }) => Promise.resolve({ text: contractText(document), value: document }),
  'document-schema': async () => {
    const value = contractDocumentJsonSchema();
    return Promise.resolve({ text: `${JSON.stringify(value, null, 2)}\n`, value });
  },
  'json-schema': async ({ document }) => {
    const value = contractRowSchemaOf(rowsSpecOf(document));
    return Promise.resolve({ text: `${JSON.stringify(value, null, 2)}\n`, value });
  },
};

export const contractExportVerb: Verb = {
  name: 'contract export',
  about:
    'The contract of a model, a view or a file: as a document of the Open Data Contract Standard 3.1, or otherwise.',
  words: ['<model or file>'],
  flags: [
    {
      name: 'format',
      kind: 'text',
      value: 'odcs|contract|json-schema|document-schema',
      about: 'odcs (default), our own document, or JSON Schema: of one row, or of our own documents.',
    },
    outFlag,
    objectFlag,
    { name: 'name', kind: 'text', value: 'NAME', about: 'Name of the contract that a foreign document is read as.' },
    exportFlag,
    partialFlag,
  ],
  examples: [
    'perennial contract export fraud --out fraud.odcs.yaml',
    'perennial contract export models/fraud.ts --format json-schema',
  ],
  async run(call) {
    const [given = ''] = call.words;
    const format = call.text('format') ?? 'odcs';
    const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (write === undefined)
      throw new PerennialError('invalid_request', `--format must be ${sayChoice(Object.keys(formats))}.`, {
        path: '--format',
        hint: 'See `perennial contract export --help`.',
      });
    const found = isFile(given) ? await contractOfFile(call, given) : await contractOfModel(call, given);
    tellNotes(call, found.notes);
    refuseUnchecked(call, found.notes);
    const { text, value } = await write(found);
    await giveDocument(call, text);
    call.out.json(value);
  },
};
