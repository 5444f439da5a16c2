import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import { isTimeToContinue, showFacets } from '../base/search-attributes.ts';
import { describe } from './describe.ts';
import { handleMessages } from './handlers/all.ts';
import { refresh } from './refresh.ts';
import { entityOf, inputOf, type ModelInput } from './state.ts';
import { carryOut } from './tasks/carry-out.ts';

/**
 * The long-lived entity: serialises every decision about one model. It never waits for a child: runs report by signal,
 * and outcomes are re-read from Postgres now and then, so a lost signal delays and never loses.
 */
export async function model(input: ModelInput): Promise<void> {
  const entity = entityOf(input);
  const { queue } = entity;
  handleMessages(entity);
  showFacets({ model: entity.model });
  await refresh(entity);
  for (;;) {
    describe(entity);
    const isWoken = await condition(() => queue.length > 0 || isTimeToContinue(), entity.refreshMs, {
      summary: 'nothing to decide; then outcomes are re-read',
    });
    if (!isWoken) await refresh(entity);
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      await carryOut(entity, task);
      if (isTimeToContinue()) break;
    }
    if (isTimeToContinue()) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof model>(inputOf(entity));
    }
  }
}
