import { setTimeout as delay } from 'node:timers/promises';
import type { Target } from '../../src/replay/http.ts';
import { tinyTable } from './tiny-table.ts';

/** One client that never stops asking, one row at a time; what gets no answer is asked again under the same id. */
export interface Traffic {
  /** Ids of the rows that were answered, in their order. */
  answered(): readonly string[];
  /** From now on another server is asked. */
  moveTo(target: Target): void;
  /** Ends after the row that is under way. */
  stop(): Promise<void>;
}

const pauseMs = 20;
const answerLimitMs = 10_000;

export function startTraffic(first: Target, model: string): Traffic {
  const answered: string[] = [];
  const rows = tinyTable({ seed: 'traffic', rows: 100 });
  let target = first;
  let isOver = false;

  async function isAnswered(predictionId: string, place: number): Promise<boolean> {
    const response = await fetch(`${target.url}/v1/models/${model}/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [rows[place % rows.length]?.cells], predictionIds: [predictionId] }),
      signal: AbortSignal.timeout(answerLimitMs),
    });
    await response.arrayBuffer();
    return response.status === 200;
  }

  async function run(): Promise<void> {
    for (let place = 0; !isOver; place++) {
      const predictionId = `${model}-traffic-${place}`;
      while (!isOver && !(await isAnswered(predictionId, place).catch(() => false))) await delay(pauseMs);
      if (!isOver) answered.push(predictionId);
      await delay(pauseMs);
    }
  }

  const running = run();
  return {
    answered: () => answered,
    moveTo: (next) => (target = next),
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
