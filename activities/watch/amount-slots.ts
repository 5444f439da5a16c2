import { isText } from '../../src/domain/features/kind-of.ts';
import { amountColumns } from '../../src/domain/metrics/gains.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { AmountIndices } from '../../src/db/traffic/read/stretch.ts';
import type { SpecOf } from './ask-first-champion.ts';

/** For each amount of the value declaration, where it stands under each revision. */
export async function amountSlots(
  specOf: SpecOf,
  model: string,
  spec: ModelSpec,
  revisions: readonly number[],
): Promise<readonly AmountIndices[]> {
  const indices = amountColumns(spec.value).map(() => new Map<number, number>());
  if (indices.length === 0) return [];
  for (const revision of revisions) {
    const { columns } = signatureOf(await specOf(model, revision));
    for (const [i, name] of amountColumns(spec.value).entries()) {
      const column = columns.find((candidate) => candidate.name === name && !isText(candidate));
      if (column !== undefined) indices[i]?.set(revision, column.index);
    }
  }
  return indices;
}
