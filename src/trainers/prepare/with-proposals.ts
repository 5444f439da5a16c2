import { kindOfExpression } from '../../domain/features/expressions/kind-of-expression.ts';
import type { DerivedColumn, Signature } from '../../domain/spec/signature.ts';
import type { DerivedSpec } from '../../domain/spec/spec.ts';
import { withDerived } from '../../onnx/run/derive-columns.ts';
import type { TrainingTable } from './table.ts';

/**
 * A signature and rows with features beside those of the definition, computed by the nodes that the file will have.
 * Throws a `RangeError` for an expression that these inputs do not allow.
 */
export async function withProposals<Of extends { readonly signature: Signature; readonly table: TrainingTable }>(
  of: Of,
  proposals: readonly DerivedSpec[],
): Promise<Of> {
  if (proposals.length === 0) return of;
  const { signature, table } = of;
  const inputs = new Map(signature.columns.map(({ name, kind }) => [name, kind]));
  const added = proposals.map(({ name, expression }): DerivedColumn => {
    const found = kindOfExpression(expression, inputs);
    if ('kind' in found) return { name, kind: found.kind, expression, isProposed: true };
    throw new RangeError(`proposed feature ${name} ${found.message}`);
  });
  const columns = await withDerived({ ...signature, derived: added }, table.columns);
  return {
    ...of,
    signature: { ...signature, derived: [...(signature.derived ?? []), ...added] },
    table: { ...table, columns },
  };
}
