import { findPythonTool, type PythonTool } from './python-tool.ts';

/** What PERENNIAL_DATACONTRACT names, else one on PATH, else one in an environment of its own. */
export function findDataContract(): Promise<PythonTool> {
  // Pinned: another one brings schemas of other versions of the standard.
  return findPythonTool({
    setting: 'PERENNIAL_DATACONTRACT',
    name: 'datacontract',
    package: 'datacontract-cli==1.2.8',
  });
}
