import type { ContractDocument } from '../../domain/contract/document/contract-document.ts';
import { draftColumns } from './export-columns.ts';
import type { ColumnDraft, ObjectDraft } from './export-draft.ts';
import { writeRules } from './export-rules.ts';
import { filled, odcsVersion, ownName, type Members } from '../terms/terms.ts';

/** What a document of the standard says beside the contract. */
export interface ExportAbout {
  /** Of the contract: the revision of a definition. */
  readonly version: string;
  readonly status: 'draft' | 'active';
  readonly purpose?: string;
  /** Who answers for it. */
  readonly owner?: string;
}

/**
 * A contract as a document of the Open Data Contract Standard 3.1.0. What the standard has a word for is said with it,
 * and once; the rest stands in custom properties and custom checks named `perennial`. `importOdcs` gives it back.
 */
export function exportOdcs(document: ContractDocument, about: ExportAbout): Members {
  const { name, contract } = document;
  const draft: ObjectDraft = { name, columns: draftColumns(document), quality: [], agreements: [] };
  writeRules(draft, contract.rules);
  const { quarantineShareMax, serve } = contract;
  return filled({
    version: about.version,
    apiVersion: odcsVersion,
    kind: 'DataContract',
    id: name,
    name,
    status: about.status,
    description: filled({ purpose: about.purpose }),
    team: about.owner === undefined ? undefined : { name: about.owner },
    schema: [
      filled({
        name,
        logicalType: 'object',
        properties: draft.columns.map(propertyOf),
        quality: draft.quality,
        customProperties: ownProperties({ quarantineShareMax, serve }),
      }),
    ],
    slaProperties: draft.agreements,
    customProperties: ownProperties({ contractFormatVersion: document.contractFormatVersion }),
  });
}

function propertyOf({ name, logicalType, members, options, physicalType, quality, own }: ColumnDraft): Members {
  return filled({
    name,
    logicalType,
    logicalTypeOptions: options,
    physicalType: physicalType ?? undefined,
    ...members,
    quality,
    customProperties: ownProperties(own),
  });
}

function ownProperties(own: Members): readonly Members[] {
  const value = filled(own);
  return Object.keys(value).length === 0 ? [] : [{ property: ownName, value }];
}
