import { findPythonTool, type PythonTool } from './python-tool.ts';

/** What PERENNIAL_MODEL_SIGNING names, else one on PATH, else one in an environment of its own. */
export function findModelSigning(): Promise<PythonTool> {
  return findPythonTool({
    setting: 'PERENNIAL_MODEL_SIGNING',
    name: 'model_signing',
    package: 'model-signing==1.1.1',
    // It imports OpenSSL and leaves it to others to bring it.
    more: ['pyopenssl==26.4.0'],
  });
}
