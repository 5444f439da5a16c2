import type { Db } from '../../src/db/base/connect.ts';
import { answersOf, type MeasuredAnswer, type Stretch } from '../../src/db/traffic/read/stretch.ts';
import { firstChampionOf } from '../../src/db/watching/window-quality.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { amountSlots } from './amount-slots.ts';
import type { SpecOf } from './ask-first-champion.ts';

/** Answers of a stretch as known at the end of a window, written under these revisions. */
export type AnswersReader = (stretch: Stretch, revisions: readonly number[]) => Promise<readonly MeasuredAnswer[]>;

/**
 * The answers of the window itself are read once: what is expected of them and what they turned out to be share them.
 */
export function createAnswersReader(db: Db, spec: ModelSpec, specOf: SpecOf, throughWindow: number): AnswersReader {
  const model = spec.name;
  let own: Promise<readonly MeasuredAnswer[]> | null = null;

  async function read(stretch: Stretch, revisions: readonly number[]): Promise<readonly MeasuredAnswer[]> {
    const firstVersion = await firstChampionOf(db, model);
    const amounts = await amountSlots(specOf, model, spec, revisions);
    return answersOf(db, model, stretch, { throughWindow, firstVersion, amounts });
  }

  return (stretch, revisions) => {
    if (stretch.number !== throughWindow) return read(stretch, revisions);
    return (own ??= read(stretch, revisions));
  };
}
