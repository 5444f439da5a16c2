import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

// A worker of a step that lasts, as a process that can be killed: its first attempt never ends, its second answers.
const [, , address = '', namespace = '', folder = ''] = process.argv;

async function lasts(): Promise<{ readonly text: string }> {
  const { attempt } = activityInfo();
  await writeFile(path.join(folder, `begun-${attempt}`), '');
  while (attempt === 1) {
    heartbeat();
    await sleep(100);
  }
  return { text: `attempt ${attempt}` };
}

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue: 'lasting-steps',
  activities: { lasts },
});
await worker.run();
