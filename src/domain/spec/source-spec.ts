import type { DataFormat, TrafficUse } from './closed-sets.ts';

/** Where history comes from: one member per kind, told apart by `kind`; src/sources reads each of them. */
export type SourceSpec = FileSource;
export type SourceKind = SourceSpec['kind'];

interface SourceBase {
  /**
   * Whether labelled traffic is added to it for a training (default `append`); `ignore` for an export that holds it
   * already.
   */
  readonly traffic?: TrafficUse;
}

/** A file on the machine of the worker; `path` is absolute, or relative to the first source root of the model. */
export interface FileSource extends SourceBase {
  readonly kind: 'file';
  readonly path: string;
  readonly format: DataFormat;
  /** Take only the first rows of the file (in file order) as history; absent takes all. */
  readonly rowsMax?: number;
}
