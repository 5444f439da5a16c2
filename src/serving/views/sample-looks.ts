import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ServedValue } from '../../domain/view/look-sample.ts';
import type { ViewSampled, ViewStore } from '../ports.ts';
import type { Look } from './fill-views.ts';

export interface LookSampler {
  /** Takes a look into the sample, by chance. */
  offer(model: string, predictionId: string, looks: readonly Look[]): void;
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** Of one process and second; what comes beyond is not sampled. */
const samplesMax = 50;

/** Keeps a share of what is served so that it can be computed anew. What cannot be stored is never compared. */
export function createLookSampler(
  store: Pick<ViewStore, 'keep'>,
  log: Pick<Log, 'warn'>,
  share: number,
  chance: () => number = Math.random,
): LookSampler {
  let waiting: ViewSampled[] = [];
  const send = async (): Promise<void> => {
    const samples = waiting;
    waiting = [];
    try {
      await store.keep(samples);
    } catch (error) {
      log.warn({ samples: samples.length, reason: reasonOf(error) }, 'samples of views could not be stored');
    }
  };
  const timer = setInterval(() => {
    if (waiting.length > 0) void send();
  }, everyMs);
  timer.unref();
  return {
    offer(model, predictionId, looks) {
      if (looks.length === 0 || chance() >= share) return;
      for (const { use, key, stored, ...where } of looks) {
        if (waiting.length >= samplesMax) return;
        const { view, digest, atMs, status } = use;
        const { snapshot, isBuilding } = stored;
        const values = valuesIn(where);
        waiting.push({ model, view, digest, look: { predictionId, key, atMs, status, snapshot, isBuilding, values } });
      }
    },
    async stop() {
      clearInterval(timer);
      await send();
    },
  };
}

/** The values of a look, by feature, as they were served. */
function valuesIn({ row, cells }: Pick<Look, 'row' | 'cells'>): Readonly<Record<string, ServedValue>> {
  const values: Record<string, ServedValue> = Object.create(null);
  for (const { feature, isText, index } of cells) {
    const number = row.numbers[index] ?? NaN;
    values[feature] = isText ? (row.texts[index] ?? null) : Number.isNaN(number) ? null : number;
  }
  return values;
}
