import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { productVersion } from '../../product-version.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { digestOfJson } from '../../artifacts/digest.ts';
import type { KeptScan, ScanPaths } from '../text/resume/kept-scan.ts';
import { rowsFile } from '../text/rows-writer.ts';
import type { ScanState } from '../text/resume/scan-state.ts';
import { ifWhole, isScanTold, partsToldMax, type ProgressNote } from './ingest-progress.ts';

/** How far a text was scanned, as an artifact of its own. */
interface KeptPasses {
  /** Each way of reading that was tried, in order. */
  readonly passes: readonly { readonly pass: string; readonly state: ScanState }[];
  /** Digests of what the last one of them has written; null where all that were tried only counted. */
  readonly written: Written | null;
}

interface Written {
  readonly pass: string;
  readonly rows: readonly string[];
  readonly rejects: readonly string[];
}

const nothing: KeptPasses = { passes: [], written: null };

/**
 * The scan of one text in the artifact store. How lines become rows is that of a release: another one scans all of it
 * anew, and so does a text of which anything is gone or damaged.
 */
export function storedScan(
  store: Pick<ArtifactStore, 'putFile' | 'putBytes' | 'readBytes' | 'checkedPathOf'>,
  note: ProgressNote,
  of: Readonly<Record<string, unknown>>,
  release = productVersion,
): KeptScan {
  const digest = digestOfJson({ ...of, release });
  let known: KeptPasses | null = null;
  let rejectsBytes = 0;

  async function load(): Promise<KeptPasses> {
    const name = isScanTold(note.known) && note.known.scan.of === digest ? note.known.scan.state : null;
    const bytes = name === null ? null : await ifWhole(store.readBytes(name));
    if (name === null || bytes === null) return nothing;
    note.took?.(name);
    // oxlint-disable-next-line no-unsafe-type-assertion -- its digest was told by an attempt of just this release
    return JSON.parse(bytes.toString('utf8')) as KeptPasses;
  }

  /** Lays what was written where it stood; false where some of it is gone or damaged. */
  async function lay({ rows, rejects }: Written, paths: ScanPaths): Promise<boolean> {
    await writeFile(paths.rejectsPath, '');
    for (const [index, name] of [...rows, ...rejects].entries()) {
      // oxlint-disable no-await-in-loop -- one after the other: each is a large file
      const stored = await ifWhole(store.checkedPathOf(name));
      if (stored === null) return false;
      note.took?.(name);
      if (index < rows.length) await copyFile(stored, rowsFile(paths.rowsPath, index));
      else await append(stored, 0, paths.rejectsPath);
      // oxlint-enable no-await-in-loop
    }
    rejectsBytes = (await stat(paths.rejectsPath)).size;
    return true;
  }

  async function putNew({ rows, rejects, pass }: Written, rowsPaths: readonly string[], rejectsPath: string) {
    const putRows = [...rows];
    for (const path of rowsPaths.slice(rows.length)) {
      // oxlint-disable-next-line no-await-in-loop -- one, as a rule
      const name = await store.putFile(path);
      note.took?.(name);
      putRows.push(name);
    }
    const { size } = await stat(rejectsPath);
    if (size === rejectsBytes) return { pass, rows: putRows, rejects };
    const stretch = `${rejectsPath}-new`;
    await append(rejectsPath, rejectsBytes, stretch);
    const name = await store.putFile(stretch);
    note.took?.(name);
    await rm(stretch);
    rejectsBytes = size;
    return { pass, rows: putRows, rejects: [...rejects, name] };
  }

  return {
    async find(pass, paths) {
      known ??= await load();
      const found = known.passes.find((one) => one.pass === pass);
      if (found === undefined) return null;
      const { state } = found;
      if (paths === null || (state.isDone && known.written?.pass !== pass)) return { state, rowsPaths: [] };
      if (known.written?.pass === pass && (await lay(known.written, paths)))
        return { state, rowsPaths: known.written.rows.map((_, index) => rowsFile(paths.rowsPath, index)) };
      known = { passes: known.passes.filter((one) => one.pass !== pass), written: null };
      rejectsBytes = 0;
      return null;
    },
    async keep(pass, state, files) {
      let { passes, written } = known ?? nothing;
      if (files !== null) {
        if (files.rowsPaths.length > partsToldMax) return;
        if (written?.pass !== pass) {
          written = { pass, rows: [], rejects: [] };
          rejectsBytes = 0;
        }
        written = await putNew(written, files.rowsPaths, files.rejectsPath);
      }
      passes = [...passes.filter((one) => one.pass !== pass), { pass, state }];
      known = { passes, written };
      const name = await store.putBytes(JSON.stringify(known));
      note.took?.(name);
      note.tell({ scan: { of: digest, state: name } });
    },
  };
}

async function append(from: string, start: number, to: string): Promise<void> {
  await pipeline(createReadStream(from, { start }), createWriteStream(to, { flags: 'a' }));
}
