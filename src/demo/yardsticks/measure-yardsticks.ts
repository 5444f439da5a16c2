import path from 'node:path';
import { openArtifactStore } from '../../artifacts/open-artifact-store.ts';
import type { VersionRow } from '../../db/models/versions.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import {
  pythonLearners,
  pythonMinutesMax,
  pythonWords,
  pythonYardsticks,
  rollingPlanOf,
  type PythonLearner,
} from '../../replay/python-yardsticks.ts';
import type { TrafficTable } from '../../replay/traffic-table.ts';
import { fixedInterval, fixedIntervalRows, neverRetrained, type Effort, type Served } from '../../replay/yardsticks.ts';
import type { Stage } from '../stage.ts';

/** Another way of answering the same rows. */
export interface Yardstick {
  readonly name: 'neverRetrained' | 'fixedInterval' | PythonLearner;
  /** Its line of the table, and what it does: the loop is better "than …". */
  readonly row: string;
  readonly doing: string;
  readonly served: Served & Effort;
  /** How it learns, as members of the JSON line. */
  readonly about: Readonly<Record<string, string | number>>;
}

export interface MissingYardstick {
  readonly name: PythonLearner;
  readonly words: string;
  /** A sentence without its full stop. */
  readonly why: string;
}

export interface Yardsticks {
  readonly measured: readonly Yardstick[];
  readonly missing: readonly MissingYardstick[];
}

export interface YardstickInput {
  readonly first: VersionRow;
  /** Null where nobody knows. */
  readonly firstCpuSeconds: number | null;
  readonly table: TrafficTable;
  readonly historyRows: number;
  readonly labelDelayRows: number;
  /** False leaves out all that learn. */
  readonly hasLearners: boolean;
}

/** The same rows, prequential and with the same delay of labels, answered otherwise. */
export async function measureYardsticks(stage: Stage, spec: ModelSpec, input: YardstickInput): Promise<Yardsticks> {
  const { first, table, historyRows } = input;
  const store = openArtifactStore(stage.config);
  const served = await neverRetrained(spec, await store.pathOf(first.modelDigest), first.threshold, table, historyRows);
  const never: Yardstick = {
    name: 'neverRetrained',
    row: 'first champion, never retrained',
    doing: 'never retraining',
    served: { ...served, trainings: 1, cpuSeconds: input.firstCpuSeconds },
    about: {},
  };
  if (!input.hasLearners) return { measured: [never], missing: [] };
  const plan = {
    fromRow: historyRows,
    labelDelayRows: input.labelDelayRows,
    onProgress: (words: string) => stage.progress(`yardstick: ${words}`),
  };
  const { python, stateDir } = stage.config;
  stage.act('yardsticks', `by ${python} where it has river and lightgbm, ${pythonMinutesMax} minutes each at most`);
  const [fixed, learned] = await Promise.all([
    fixedInterval(spec, table, plan),
    pythonYardsticks(spec, table, {
      ...plan,
      python,
      folder: path.join(stateDir, 'yardsticks'),
      signal: stage.ending,
    }),
  ]);
  const everyRows = fixedIntervalRows(spec);
  const measured: Yardstick[] = [
    never,
    {
      name: 'fixedInterval',
      row: `retrained every ${everyRows} rows`,
      doing: `retraining every ${everyRows} rows`,
      served: fixed,
      about: { everyRows },
    },
  ];
  const missing: MissingYardstick[] = [];
  for (const name of pythonLearners) {
    const yardstick = learned[name];
    if ('missing' in yardstick) missing.push({ name, words: pythonWords[name], why: yardstick.missing });
    else measured.push({ name, ...sayLearner(spec, name, historyRows, yardstick.library), served: yardstick });
  }
  return { measured, missing };
}

function sayLearner(
  spec: ModelSpec,
  name: PythonLearner,
  historyRows: number,
  library: string,
): Pick<Yardstick, 'row' | 'doing' | 'about'> {
  if (name === 'adaptiveForest')
    return { row: pythonWords[name], doing: 'river’s adaptive random forest', about: { library } };
  const { everyRows, windowRows } = rollingPlanOf(spec, historyRows);
  return {
    row: `LightGBM on ${windowRows}, every ${everyRows}`,
    doing: `LightGBM retrained every ${everyRows} rows on the newest ${windowRows} labels`,
    about: { library, everyRows, windowRows },
  };
}
