import type { Client } from '@temporalio/client';
import { workflowIds } from '../src/domain/words/ids.ts';
import { runTimes, type ActivityTimes } from './history.ts';
import { coveredMs, type Interval } from './intervals.ts';

/** Activities whose execution is the work that was asked for. */
const work: readonly string[] = [
  'findSource',
  'ingestSource',
  'snapshotTraffic',
  'prepareTraining',
  'fitModel',
  'fitTrial',
  'judgeModel',
  'judgeVersion',
];

export interface Played {
  readonly model: string;
  readonly train: number;
  readonly version: number;
  /** Just before the retrain command was sent. */
  readonly askedMs: number;
  /** When the rows that complete a step were stored, by step. */
  readonly storedMs: ReadonlyMap<number, number>;
}

export interface Orchestration {
  readonly totalMs: number;
  readonly workMs: number;
  readonly trafficMs: number;
  readonly orchestrationMs: number;
  /** What the orchestration consists of; its values sum to `orchestrationMs`. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * Orchestration of one retrain-and-rollout, from the histories of its two workflows, in milliseconds:
 *
 *     orchestration = (P - C) - |W ∪ T|
 *
 * C: the retrain command is sent; P: the `promote` activity has completed. W: from started to completed of every
 * activity that is work (`findSource`, `ingestSource`, `snapshotTraffic`, `prepareTraining`, `fitModel`, `judgeModel`,
 * `judgeVersion`; their waiting for a worker is not in it). T: of every step that ends by rows, from the moment its
 * first `watchStep` started until the rows that complete it were stored (NOTIFY of their segment). |X| is length;
 * what overlaps counts once. So everything else is orchestration: queueing, workflow tasks, signals, decisions,
 * routing, the exchange of inference processes and their acknowledgements, noticing that rows have come, looks and
 * their evidence.
 */
export async function measureOrchestration(client: Client, played: Played): Promise<Orchestration> {
  const train = await runTimes(client, workflowIds.train(played.model, played.train));
  const rollout = await runTimes(client, workflowIds.rollout(played.model, played.version, 1));
  const promote = rollout.activities.find(({ type }) => type === 'promote');
  if (promote === undefined) throw new Error(`v${played.version} was not promoted`);
  const whole: Interval = { fromMs: played.askedMs, toMs: promote.completedMs };
  const workDone = train.activities
    .filter(({ type }) => work.includes(type))
    .map(({ startedMs, completedMs }) => ({ fromMs: startedMs, toMs: completedMs }));
  const traffic = waits(rollout.activities, played.storedMs);
  const milestones: [name: string, untilMs: number][] = [
    ['decide', train.startedMs],
    ['train', train.endedMs],
    ['handOver', rollout.startedMs],
    ...stepMilestones(rollout.activities),
    ['promote', promote.completedMs],
  ];
  const parts: Record<string, number> = {};
  let fromMs = whole.fromMs;
  for (const [name, untilMs] of milestones) {
    const span = { fromMs, toMs: Math.max(fromMs, untilMs) };
    parts[name] = (parts[name] ?? 0) + (span.toMs - span.fromMs) - coveredMs([...workDone, ...traffic], span);
    fromMs = span.toMs;
  }
  const totalMs = whole.toMs - whole.fromMs;
  return {
    totalMs,
    workMs: coveredMs(workDone, whole),
    trafficMs: coveredMs(traffic, whole),
    orchestrationMs: totalMs - coveredMs([...workDone, ...traffic], whole),
    parts,
  };
}

const stepOf = ({ input }: ActivityTimes): number => (input as { readonly step: number }).step;

function waits(activities: readonly ActivityTimes[], storedMs: ReadonlyMap<number, number>): readonly Interval[] {
  return [...storedMs].flatMap(([step, toMs]) => {
    const first = activities.find((activity) => activity.type === 'watchStep' && stepOf(activity) === step);
    return first === undefined
      ? []
      : [
          {
            fromMs: first.startedMs,
            toMs: Math.min(
              toMs,
              activities.findLast((activity) => activity.type === 'watchStep' && stepOf(activity) === step)
                ?.completedMs ?? toMs,
            ),
          },
        ];
  });
}

/** `begin 0` ends when step 0 is acknowledged by every process, `look 0` when it is over. */
function stepMilestones(activities: readonly ActivityTimes[]): [string, number][] {
  const first = activities.find(({ type }) => type === 'beginStep');
  const stepwise = activities.flatMap((activity): [string, number][] => {
    if (activity.type === 'beginStep') return [[`begin ${stepOf(activity)}`, activity.completedMs]];
    return activity.type === 'watchStep' ? [[`look ${stepOf(activity)}`, activity.completedMs]] : [];
  });
  return [...(first === undefined ? [] : [['open', first.scheduledMs] satisfies [string, number]]), ...stepwise];
}
