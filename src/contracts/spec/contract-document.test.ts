import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { contractDocumentOf, contractText, rowsSpecOf } from '../../domain/contract/document/contract-document.ts';
import { rowsOfView } from '../../domain/view/rows-of-view.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { anyContract } from '../../../tests/worlds/any-contract.ts';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { contractDocumentJsonSchema, parseContract } from './contract-document.ts';

const isDocument = new Ajv2020({ strict: false }).compile(contractDocumentJsonSchema());

describe('a contract that stands for itself', () => {
  test('is what its JSON Schema says, and is read as it was written', () => {
    const random = createRandom('documents');
    for (let round = 0; round < 200; round++) {
      const document = contractDocumentOf(anyContract(random));
      expect(isDocument(document), JSON.stringify(isDocument.errors)).toBe(true);
      expect(parseContract(JSON.parse(contractText(document)))).toEqual(document);
      expect(contractDocumentOf(rowsSpecOf(document))).toEqual(document);
    }
  });

  test('has one order of members, whoever wrote them', () => {
    const document = contractDocumentOf(anyContract(createRandom('order')));
    const turned = JSON.parse(JSON.stringify(document, turnedMembers)) as unknown;
    expect(JSON.stringify(turned)).not.toBe(JSON.stringify(document));
    expect(contractText(parseContract(turned))).toBe(contractText(document));
  });

  test('is one of a view as well, which has no labels', () => {
    const document = contractDocumentOf(rowsOfView(viewOf('cards')));
    expect(document.target).toBeNull();
    expect(parseContract(document)).toEqual(document);
  });

  test.each([
    [{ target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } } }, 'target', 'labelDelay'],
    [{ features: [{ name: 'a', kind: 'number', missing: 'allow', from: {} }] }, 'features[0]', 'from'],
    [{ contract: { rules: [], quarantineShareMax: 2 } }, 'contract.quarantineShareMax', '1'],
    [{ features: [] }, 'features', '1'],
    [{ more: 1 }, '', 'more'],
    [
      {
        contract: {
          rules: [{ rule: 'length', id: 'l', column: 'b', max: 1, severity: 'warn' }],
          quarantineShareMax: 0,
        },
      },
      'contract.rules[0]',
      'no column b',
    ],
  ])('names what is wrong with %j', (members, path, words) => {
    const document = {
      contractFormatVersion: 1,
      name: 'fraud',
      entity: null,
      eventTime: null,
      features: [{ name: 'a', kind: 'number', missing: 'allow' }],
      target: null,
      contract: { rules: [], quarantineShareMax: 0.1 },
      ...members,
    };
    const error: unknown = caught(() => parseContract(document));
    expect(isPerennialError(error) && [error.path, error.message.includes(words)]).toEqual([path, true]);
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

function turnedMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse());
}
