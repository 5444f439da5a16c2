import { activityInfo, CompleteAsyncError, Context } from '@temporalio/activity';
import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { StepInput } from '../../src/domain/record/user-steps/messages.ts';

export const stepsQueue = 'shop-steps';

export interface StepsWorker {
  /** What each call was given, in the order in which they came. */
  readonly seen: readonly StepInput[];
  /** Steps of the name `waits` go on. */
  readonly release: () => void;
  close(): Promise<void>;
}

/** Serves steps by every manner of answering: each is an activity of the name of what it does. */
export async function startStepsWorker(address: string, namespace: string): Promise<StepsWorker> {
  quiet();
  const seen: StepInput[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const noting =
    <Answer>(answer: (input: StepInput) => Answer) =>
    (input: StepInput): Answer => {
      seen.push(input);
      return answer(input);
    };
  const connection = await NativeConnection.connect({ address });
  const { workflowService, close: hangUp } = await answering(address);
  const encrypts = async (): Promise<never> => {
    const metadata = { encoding: Buffer.from('binary/encrypted') };
    await workflowService.respondActivityTaskCompleted({
      namespace,
      taskToken: activityInfo().taskToken,
      result: { payloads: [{ metadata, data: Buffer.from('only its owner reads it') }] },
    });
    throw new CompleteAsyncError();
  };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: stepsQueue,
    shutdownForceTime: '30 seconds',
    activities: {
      passes: noting(() => Promise.resolve({ verdict: 'pass', text: 'as it should', metrics: { rows: 1 } })),
      refuses: noting(() => Promise.resolve({ verdict: 'fail', text: 'not for us.' })),
      throws: noting(() => Promise.reject(new Error('the licence server is down'))),
      mute: noting(() => Promise.resolve()),
      babbles: noting(() => Promise.resolve('pass')),
      encrypts: noting(encrypts),
      bloats: noting(() => Promise.resolve({ text: 'x'.repeat(20_000) })),
      hangs: noting(() => Context.current().cancelled),
      waits: noting(() => Promise.race([released.then(() => ({ text: 'at last' })), Context.current().cancelled])),
    },
  });
  const running = worker.run();
  return {
    seen,
    release,
    async close() {
      release();
      worker.shutdown();
      // What does not end is given up: a busy machine may take longer than anybody waits for.
      await running.catch(() => undefined);
      await connection.close();
      await hangUp();
    },
  };
}

/** Answers by the protocol itself, in whatever encoding. */
async function answering(address: string) {
  const connection = await Connection.connect({ address });
  return { workflowService: connection.workflowService, close: () => connection.close() };
}

let isQuiet = false;

/** What a step throws is part of the play. */
function quiet(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}
