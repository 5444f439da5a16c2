import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { Missing } from './tools.ts';

/** What a broker is started with, or why there is none. */
export type KafkaJars = { readonly classPath: string } | { readonly missing: string };

const listFile = new URL('../tools/kafka-jars.txt', import.meta.url);
const javaMin = 17;
const downloadMs = 60_000;

/** The listed files in the user's cache, fetched once and held against their digests; Java is what PATH has. */
export async function findKafkaJars(): Promise<KafkaJars> {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
  if (error !== undefined || version < javaMin) return { missing: `no Java ${javaMin} or later on PATH` };
  const folder = path.join(readConfig().cacheDir, 'kafka-jars');
  await mkdir(folder, { recursive: true });
  const lines = (await readFile(listFile, 'utf8')).split('\n').filter((line) => /^[0-9a-f]{64} /.test(line));
  const base = await repositoryUrl();
  const files: string[] = [];
  for (const line of lines) {
    const [sha256 = '', place = ''] = line.split(/ +/);
    const file = path.join(folder, `${sha256.slice(0, 16)}-${path.basename(place)}`);
    // oxlint-disable-next-line no-await-in-loop -- one after the other: a registry is not to be stormed
    const problem = existsSync(file) ? null : await fetchInto(file, `${base}/${place}`, sha256);
    if (problem !== null) return { missing: `${place}: ${problem}` };
    files.push(file);
  }
  return { classPath: files.join(':') };
}

/** For `titled`: null when a broker can be started. */
export function missingOfKafka(jars: KafkaJars): Missing | null {
  return 'missing' in jars ? { tool: 'java', why: jars.missing } : null;
}

/** The mirror of all repositories that Maven's settings name, else Maven Central. */
async function repositoryUrl(): Promise<string> {
  const settings = await readFile(path.join(homedir(), '.m2', 'settings.xml'), 'utf8').catch(() => '');
  const mirrors = [...settings.matchAll(/<mirror>(.*?)<\/mirror>/gs)].map(([, mirror = '']) => mirror);
  const mirror = mirrors.find((text) => /<mirrorOf>\s*(\*|central|external:\*)\s*<\/mirrorOf>/.test(text));
  const url = /<url>\s*(\S+?)\/?\s*<\/url>/.exec(mirror ?? '')?.[1];
  return url ?? 'https://repo.maven.apache.org/maven2';
}

/** Null when it is there; a sentence why not. Another process may fetch it at the same time. */
async function fetchInto(file: string, url: string, sha256: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadMs) });
    if (!response.ok) return `the repository answers ${response.status}`;
    const bytes = Buffer.from(await response.arrayBuffer());
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return 'has another digest than is listed';
    const partial = `${file}.${process.pid}`;
    await writeFile(partial, bytes);
    await rename(partial, file);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
