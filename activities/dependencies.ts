import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../src/artifacts/artifact-store.ts';
import type { Bell } from '../src/db/base/bell.ts';
import type { Database } from '../src/db/base/connect.ts';
import type { SealingPlan } from '../src/db/traffic/seal/parts.ts';
import type { KeptDays } from '../src/db/retention/aged-rows.ts';
import type { CommandBus } from '../src/domain/record/messages.ts';
import type { SourceSpec } from '../src/domain/spec/source-spec.ts';
import type { Source } from '../src/sources/port.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import type { OpenLineageSettings } from './watch/tell-open-lineage.ts';
import type { MeasureAsk } from './retain/measure-storage.ts';

/** What activities work with; built once in the worker's composition root. */
export interface ActivityDependencies {
  readonly database: Database;
  /** Wakes what waits for rows or for processes. */
  readonly bell: Bell;
  readonly store: ArtifactStore;
  /** Folder of the store, whose half-written files have an end too. */
  readonly artifactDir: string;
  readonly client: Client;
  /** For words to workflows that were said before and got lost. */
  readonly bus: Pick<CommandBus, 'deliver'>;
  /** Scratch folder of this process; everything in it can be lost. */
  readonly workDir: string;
  /** Folders of trainings, shared by all workers of trainings: each step may be done by another one. */
  readonly trainDir: string;
  /** Folder that a training child is started in. */
  readonly rootDir: string;
  /** Below it lies all code that definitions may run as a trainer; null: nothing is run. */
  readonly trainersDir: string | null;
  /** A secret that a model's definition names, if it may. */
  readonly secretOf: (model: string, name: string) => Promise<string>;
  /** A model's declared source, as far as the source roots let this worker reach. */
  readonly connectSource: (spec: SourceSpec, model: string) => Source;
  /** How long what belongs to no model in particular is kept. */
  readonly keptDays: KeptDays;
  /** For how long a light activity that fails for a reason of its own is tried again. */
  readonly patienceMs: number;
  /** How old an artifact must be, and how long found needed by nobody, before it goes. */
  readonly artifactGraceMs: number;
  /** Days within which every artifact is read again. */
  readonly scrubDays: number;
  /** What the disks have left, as far as this process can see them. */
  readonly freeBytes: Pick<MeasureAsk, 'databaseFreeBytes' | 'artifactFreeBytes'>;
  /** How the log is parted, and after how long a part is sealed. */
  readonly logPlan: SealingPlan;
  /** Who is told of runs in the words of OpenLineage; absent or null: nobody. */
  readonly openLineage?: OpenLineageSettings | null;
  readonly log: Logger;
}
