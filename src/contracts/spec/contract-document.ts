import { z } from 'zod';
import {
  contractDocumentOf,
  rowsSpecOf,
  type ContractDocument,
} from '../../domain/contract/document/contract-document.ts';
import { checkRowsSpec } from '../../domain/spec/check-columns.ts';
import { asJson, misshapen, refuseProblems } from './definition-json.ts';
import type { SameType } from './same-type.ts';
import {
  columnName,
  contractSchema,
  eventTimeSchema,
  labelSchema,
  modelName,
  ownFeatureSchema,
} from './spec-columns.ts';
import { strict } from './strict.ts';

export const contractDocumentSchema = strict({
  contractFormatVersion: z.literal(1),
  name: modelName,
  entity: strict({ column: columnName }).nullable(),
  eventTime: eventTimeSchema.nullable(),
  features: z.array(ownFeatureSchema).min(1).max(2_000),
  target: labelSchema.nullable(),
  contract: contractSchema,
});

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const documentSchemaIsDomainType: SameType<z.infer<typeof contractDocumentSchema>, ContractDocument> = true;

/**
 * Reads a contract that stands for itself (an object or what JSON.parse gave), with its members in one order. Throws
 * `invalid_spec` with one sentence that names each wrong path and what it must be.
 */
export function parseContract(json: unknown): ContractDocument {
  const result = contractDocumentSchema.safeParse(asJson(json, 'contract'));
  if (!result.success) throw misshapen(result.error, 'contract');
  refuseProblems(checkRowsSpec(rowsSpecOf(result.data)), 'contract');
  return contractDocumentOf(rowsSpecOf(result.data));
}

/**
 * JSON Schema (draft 2020-12) of contract documents: their shape. What two members must agree on, such as the column
 * of a rule, `parseContract` says.
 */
export function contractDocumentJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(contractDocumentSchema), title: 'Contract of a model or a view' };
}
