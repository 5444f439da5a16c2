import { runModelChild } from './serving/model-process/run-model-child.ts';
import { loadScorer } from './serving/versions/session.ts';

// The child of an inference process that holds one model with a process of its own.
runModelChild(loadScorer);
