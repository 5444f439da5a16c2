import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { widthOf } from '../../answering/decide.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import { endBeyondMemory } from '../../onnx/run/end-beyond-memory.ts';
import type { Scorer } from '../versions/session.ts';
import { memoryWord, type FromModel, type ToModel } from './model-messages.ts';
import { packScores, unpackRows } from './packed-rows.ts';
import { timeCalls } from './time-calls.ts';

const tellMemoryEveryMs = 1_000;

type Load = Extract<ToModel, { say: 'load' }>;

/**
 * Runs the child that holds one model: it loads one file, scores rows until its parent is gone, and ends itself beyond
 * its memory. It holds no secret and no connection.
 */
export function runModelChild(
  load: (path: string, signature: Signature, options: Pick<Load, 'shouldKeepMemory'>) => Promise<Scorer>,
): void {
  // A signal to the whole group is the parent's to handle: it still drains.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(0));
  // Where the machine itself runs out of memory, the kernel is to take this process before the one that it serves.
  void writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
  let loaded: { readonly scorer: Scorer; readonly signature: Signature } | undefined;

  const start = async ({ path, signature, memoryBytesMax, shouldKeepMemory }: Load): Promise<void> => {
    try {
      await endBeyondMemory(memoryBytesMax, memoryWord);
      const idleBytes = process.memoryUsage.rss();
      const scorer = await load(path, signature, { shouldKeepMemory });
      loaded = { scorer, signature };
      tell({ say: 'loaded', inputTypes: scorer.inputTypes, idleBytes });
      tell({ say: 'memory', bytes: process.memoryUsage.rss() });
      setInterval(() => tell({ say: 'memory', bytes: process.memoryUsage.rss() }), tellMemoryEveryMs);
    } catch (error) {
      tell({ say: 'refused', reason: messageOf(error) });
    }
  };
  process.on('message', (message: ToModel) => {
    if (message.say === 'load') void start(message);
    else if (message.say === 'measure') tell({ say: 'measured', peakBytes: peakBytes() });
    else if (loaded !== undefined) void answer(loaded.scorer, loaded.signature, message).then(tell);
  });
}

async function answer(
  scorer: Scorer,
  signature: Signature,
  message: Extract<ToModel, { say: 'score' | 'call' }>,
): Promise<FromModel> {
  const { id, ...packed } = message;
  try {
    if (message.say === 'call')
      return { say: 'called', id, timed: await timeCalls(scorer, unpackRows(signature, packed), message.block) };
    const scores = packScores(widthOf(signature), await scorer.score(unpackRows(signature, packed)));
    return { say: 'scored', id, scores };
  } catch (error) {
    return { say: 'failed', id, reason: messageOf(error) };
  }
}

/** On Linux `getrusage` counts in what the parent held when it started this process; the kernel's own mark does not. */
function peakBytes(): number {
  const ofUsage = process.resourceUsage().maxRSS;
  if (process.platform !== 'linux') return ofUsage * 1_024;
  const [, ofKernel] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (ofKernel === undefined ? ofUsage : Number(ofKernel)) * 1_024;
}

function tell(message: FromModel): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
