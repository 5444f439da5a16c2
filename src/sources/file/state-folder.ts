import path from 'node:path';
import { demoFolderName, sortedFolderName, stateFolderName } from '../../domain/words/state-folder.ts';
import { isWithin } from './is-within.ts';

/** Where a state folder holds tables of demos, which trainings go on to read. */
const tableFolders = ['', demoFolderName, sortedFolderName];
const tableEndings = ['.csv', '.parquet'];

/**
 * True for what lies in a state folder below the root: first tokens, the password of the database, what is logged and
 * trained on of every model. `dev` takes the folder that it was started in as a root, and mostly has its state there.
 * The tables of demos may be read, and whatever a root names that lies in the state itself. All paths are real.
 */
export function isOfState(root: string, file: string, stateDir: string | undefined): boolean {
  return stateFoldersOf(root, file, stateDir).some((state) => isWithin(state, file) && !isTableOf(state, file));
}

/** The one that is in use, and any that is called like one: another installation, or that around a demo. */
function stateFoldersOf(root: string, file: string, stateDir: string | undefined): readonly string[] {
  const steps = path.relative(root, file).split(path.sep);
  const named = steps.flatMap((step, at) =>
    step === stateFolderName ? [path.join(root, ...steps.slice(0, at + 1))] : [],
  );
  const isDeclared = stateDir === undefined || (root !== stateDir && isWithin(stateDir, root));
  return isDeclared ? named : [...named, stateDir];
}

function isTableOf(state: string, file: string): boolean {
  const folders = tableFolders.map((name) => path.join(state, name));
  return tableEndings.includes(path.extname(file)) && folders.includes(path.dirname(file));
}
