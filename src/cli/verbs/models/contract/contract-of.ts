import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { specView } from '../../../../contracts/http/answers.ts';
import { featureViewDetail } from '../../../../contracts/http/data/feature-views.ts';
import { parseContract } from '../../../../contracts/spec/contract-document.ts';
import { parseSpec } from '../../../../contracts/spec/parse-spec.ts';
import { parseView } from '../../../../contracts/spec/view-spec.ts';
import type { ImportNote } from '../../../../contract-documents/read/reader.ts';
import { contractDocumentOf, type ContractDocument } from '../../../../domain/contract/document/contract-document.ts';
import type { ModelSpec } from '../../../../domain/spec/spec.ts';
import { rowsOfView } from '../../../../domain/view/rows-of-view.ts';
import type { ViewSpec } from '../../../../domain/view/view-spec.ts';
import { isPerennialError, PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { loadDefinitions } from '../../../../stack/load-definitions.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Flag } from '../../../line/verb.ts';

/** A contract, and what is known of where it comes from. */
export interface FoundContract {
  readonly document: ContractDocument;
  /** Null where no server was asked. */
  readonly revision: number | null;
  readonly owner: string | null;
  readonly purpose: string | null;
  /** What of a foreign document was not taken over. */
  readonly notes: readonly ImportNote[];
}

export const objectFlag: Flag = {
  name: 'object',
  kind: 'text',
  value: 'NAME',
  about: 'Of a document of the Open Data Contract Standard with several objects, the one that is meant.',
};
export const exportFlag: Flag = {
  name: 'export',
  kind: 'text',
  value: 'NAME',
  about: 'Of a definition file with several models or views, the export to take.',
};

/** `models/fraud.ts`, `contract.json` and `orders.odcs.yaml` are files; `payments.fraud` is a model. */
export function isFile(given: string): boolean {
  return /[/\\]|\.(?:ts|mts|js|mjs|json|ya?ml)$/i.test(given);
}

/** The contract of a model or view of the server. Throws `model_not_found`. */
export async function contractOfModel(call: Call, name: string): Promise<FoundContract> {
  const stack = await findStack(call.config);
  const encoded = encodeURIComponent(name);
  const ask = { method: 'GET', token: stack.token } as const;
  try {
    const found = await request(specView, { ...ask, url: `${stack.controlUrl}/v1/models/${encoded}/spec` });
    return { ...ofModel(parseSpec(found.spec)), revision: found.revision };
  } catch (error) {
    if (!isPerennialError(error) || error.code !== 'model_not_found') throw error;
    const view = await request(featureViewDetail, { ...ask, url: `${stack.controlUrl}/v1/views/${encoded}` }).catch(
      () => null,
    );
    // Of a name that is neither, the list of models helps most.
    if (view === null) throw error;
    return { ...ofView(parseView(view.spec)), revision: view.revision };
  }
}

/**
 * The contract that a file holds: a contract document, a document of the Open Data Contract Standard, or a definition,
 * which is run. No server is asked. Throws in one sentence.
 */
export async function contractOfFile(call: Call, file: string): Promise<FoundContract> {
  if (/\.(?:ts|mts|js|mjs)$/i.test(file)) return ofDefinition(call, file);
  const text = await textOf(file);
  const { readJson, readYaml } = await import('../../../../contract-documents/terms/yaml.ts');
  // Of JSON the engine's own parser is asked: it is exact, and says no more than that it is none.
  const given = /\.json$/i.test(file) ? jsonOf(readJson, text, file) : readYaml(text);
  if (hasMember(given, 'contractFormatVersion')) return { ...nothingKnown, document: parseContract(given) };
  if (/\.json$/i.test(file) && hasMember(given, 'formatVersion')) return ofDefinition(call, file);
  const { importOdcs } = await import('../../../../contract-documents/read/import-odcs.ts');
  const { document, notes } = importOdcs(given, { object: call.text('object'), name: call.text('name') });
  return { ...nothingKnown, document, notes };
}

const nothingKnown = { revision: null, owner: null, purpose: null, notes: [] } as const;

async function ofDefinition(call: Call, file: string): Promise<FoundContract> {
  const { models, views } = await loadDefinitions(file, call.config.rootDir, call.text('export'));
  const found = [...models.map((model) => ofModel(parseSpec(model))), ...views.map((view) => ofView(parseView(view)))];
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new PerennialError('invalid_request', `${path.basename(file)} defines ${found.length} models and views.`, {
    path: file,
    hint: 'Choose one with --export NAME.',
  });
}

function ofModel(spec: ModelSpec): FoundContract {
  const { owner, useCase } = spec.about;
  return { ...nothingKnown, document: contractDocumentOf(spec), owner, purpose: useCase };
}

function ofView(view: ViewSpec): FoundContract {
  const document = contractDocumentOf(rowsOfView(view));
  return { ...nothingKnown, document, owner: view.owner, purpose: view.about ?? null };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new PerennialError('invalid_request', `${file} cannot be read.`, {
      path: file,
      hint: 'Give the path of a file.',
    });
  }
}

function jsonOf(read: (text: string) => unknown, text: string, file: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (isPerennialError(error)) throw error;
    throw new PerennialError('invalid_data', `${file} is not JSON.`, { path: file });
  }
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value;
}
