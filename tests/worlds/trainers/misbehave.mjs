// Programs that do what a trainer should not: `node misbehave.mjs HOW`.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const mebibyte = 1024 * 1024;
const folder = process.env['PERENNIAL_FOLDER'] ?? '';
const self = fileURLToPath(import.meta.url);
const stay = () => setInterval(() => undefined, 1_000);
const start = (how, options = {}) => spawn(process.execPath, [self, how], { stdio: 'ignore', ...options });

const ways = {
  stay,
  'stay whatever happens': () => {
    process.on('SIGTERM', () => undefined);
    stay();
  },
  'tell the environment': () => writeFileSync(path.join(folder, 'env.json'), JSON.stringify(process.env)),
  'fail with words': () => {
    const token = process.env['HF_TOKEN'];
    const words = `\u001B[31mTraceback:\u001B[0m\n  File train.py\ntoken is ${token} or second-line-of-it\n`;
    process.stderr.write(words, () => process.exit(3));
  },
  'take memory': () => {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(32 * mebibyte, 1)), 10);
  },
  'hold memory': () => {
    const kept = Buffer.alloc(64 * mebibyte, 1);
    setInterval(() => kept.at(0), 1_000);
  },
  'let children hold memory': () => {
    for (let child = 0; child < 6; child++) start('hold memory');
    stay();
  },
  'write files': () => {
    let files = 0;
    setInterval(() => writeFileSync(path.join(folder, `file-${files++}`), Buffer.alloc(mebibyte)), 5);
  },
  'write output': () => {
    const text = Buffer.alloc(mebibyte, 'x');
    const on = () => process.stdout.write(text, on);
    on();
  },
  'leave children behind': () => {
    const inside = start('stay whatever happens');
    const outside = start('stay whatever happens', { detached: true });
    outside.unref();
    const pids = [process.pid, inside.pid, outside.pid];
    writeFileSync(path.join(folder, 'pids.json'), JSON.stringify(pids));
    stay();
  },
  'say nonsense': () => {
    const file = path.join(folder, 'progress.jsonl');
    const first = JSON.stringify({ done: 1, of: 2, note: process.env['HF_TOKEN'] });
    appendFileSync(file, `nonsense\n${'x'.repeat(100_000)}\n${first}\n{"done":`);
    const timer = setInterval(() => {
      if (!existsSync(path.join(folder, 'go'))) return;
      appendFileSync(file, '2,"of":2}\n');
      clearInterval(timer);
    }, 10);
  },
};

ways[process.argv[2]]();
