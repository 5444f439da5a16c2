import process from 'node:process';
import { isStep, runStep } from '../../../src/trainers/run-train.ts';
import type { TrainingJobs, TrainingStep } from '../../../src/domain/training/training.ts';

// A process of its own: one step of a training, as the training child does it. Prints one line of JSON.
const job: unknown = JSON.parse(process.argv[2] ?? 'null');
const name = typeof job === 'object' && job !== null ? Reflect.get(job, 'job') : undefined;
if (!isStep(name)) throw new RangeError('a job of a step is wanted');
const idleMiB = process.resourceUsage().maxRSS / 1_024;
const begin = performance.now();
await runStep(name, job as TrainingJobs[TrainingStep], async () => undefined);
const wallMs = performance.now() - begin;
process.stdout.write(`${JSON.stringify({ idleMiB, peakMiB: process.resourceUsage().maxRSS / 1_024, wallMs })}\n`);
