import { isHead, recordsEnd } from './segment-file.ts';

/** Whose records go from a spool. */
export interface ErasedNames {
  /** `<model>/<entity hash>`. */
  readonly names: ReadonlySet<string>;
  /** What was answered or said later is new data; epoch milliseconds. */
  readonly untilMs: number;
}

/**
 * The text of spool files without records of an entity, and how many went. Segments stay whole: their end lines count
 * what is left. Labels and stand-ins of a prediction that goes, go with it.
 */
export function withoutRecords(
  text: string,
  { names, untilMs }: ErasedNames,
): { readonly text: string; readonly records: number } {
  const gone = new Set<string>();
  let records = 0;
  let kept = 0;
  const lines = text.split('\n').flatMap((line) => {
    if (isHead(line)) kept = 0;
    const ends = recordsEnd(line);
    if (ends !== null) return [JSON.stringify({ type: 'end', records: kept })];
    const record = recordIn(line);
    if (record === null) return [line];
    kept += 1;
    const atMs = record.requestedAtMs ?? record.receivedAtMs ?? 0;
    const isNamed = names.has(`${record.model}/${record.entityHash}`) && atMs <= untilMs;
    const predictionId = `${record.model}/${record.predictionId}`;
    if (!isNamed && !gone.has(predictionId)) return [line];
    if (isNamed && record.requestedAtMs !== undefined) gone.add(predictionId);
    kept -= 1;
    records += 1;
    return [];
  });
  return { text: lines.join('\n'), records };
}

interface Named {
  readonly model?: string;
  readonly entityHash?: string | null;
  readonly predictionId?: string | null;
  readonly requestedAtMs?: number;
  readonly receivedAtMs?: number;
}

/** A record of a segment, or one that was set aside, which stands as a text beside its reason. */
function recordIn(line: string): Named | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    if ('reason' in value && 'line' in value) return recordIn(String(value.line));
    if (!('record' in value)) return null;
    const { record } = value;
    return typeof record === 'object' ? record : null;
  } catch {
    return null;
  }
}
