import { readConfigWith, type Config } from '../src/config.ts';

/** Settings for engines of one's own, whatever the environment names: others would be measured with them. */
export function environmentOfOwnEngines(folder: string): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    TEMPORAL_NAMESPACE: '',
    TEMPORAL_PROFILE: '',
    TEMPORAL_CONFIG_FILE: '',
    PERENNIAL_STATE_DIR: folder,
    PERENNIAL_SOURCE_ROOTS: folder,
  };
}

export function configOfOwnEngines(folder: string): Config {
  return readConfigWith(environmentOfOwnEngines(folder));
}
