import type { ScanState } from './scan-state.ts';

/** Where the rows of a text, and the lines that are none, are written. */
export interface ScanPaths {
  readonly rowsPath: string;
  readonly rejectsPath: string;
}

/** How far a pass had come, and the files of its rows. */
export interface ScanBefore {
  readonly state: ScanState;
  readonly rowsPaths: readonly string[];
}

/** Keeps what passes over a large text have written, so that a retry goes on behind it. */
export interface KeptScan {
  /**
   * Lays what a pass had written to these paths; null where nothing is known of it. Without paths it only counts. A
   * pass that another one has followed has no rows any more: its tally alone is asked for.
   */
  find(pass: string, paths: ScanPaths | null): Promise<ScanBefore | null>;
  /** All up to the state is in these files, of which those kept before are as they were. */
  keep(
    pass: string,
    state: ScanState,
    files: { readonly rowsPaths: readonly string[]; readonly rejectsPath: string } | null,
  ): Promise<void>;
}
