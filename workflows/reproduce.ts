import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { ReproduceInput, ReproductionEnd } from '../src/domain/record/reproduction/reproduction.ts';
import { rootOf } from './base/failures.ts';
import { versionPage } from './base/pages.ts';
import { light, training } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** A version is fitted again from what it was made of, and its file is compared with the one that is served. */
export async function reproduce(input: ReproduceInput): Promise<void> {
  showFacets({ model: input.model, version: input.version, stage: 'reproduce' });
  tell(input, 'fits it again');
  const end = await ended(input);
  await CancellationScope.nonCancellable(async () => {
    const { text } = await light('what came of it').endReproduction({ ...input, end });
    tell(input, text);
  });
  showFacets({ verdict: 'reproduced' in end && end.reproduced.isEqual ? 'equal' : 'other' });
}

async function ended(input: ReproduceInput): Promise<ReproductionEnd> {
  try {
    return { reproduced: await training('rows, fit, SHA-256').reproduceVersion(input) };
  } catch (error) {
    return { reason: isCancellation(error) ? 'it was cancelled' : rootOf(error) };
  }
}

function tell({ model, version }: ReproduceInput, text: string): void {
  setCurrentDetails(
    `**${model} v${version}** again: ${text}\n\nNothing is changed by it. An operator may cancel this run.\n\n` +
      versionPage(model, version),
  );
}
