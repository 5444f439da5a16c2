import { kindOf } from '../features/kind-of.ts';
import type { SpecProblem } from './spec-bounds.ts';
import { listNames, nearestName } from '../words/nearest-name.ts';
import { taskOf } from '../tasks/task-of.ts';
import type { FallbackAnswer, FallbackRule, ModelSpec } from './spec.ts';

/** Problems of the fallback: answers that the target does not know, and rules about what is no feature. */
export function checkFallback(spec: ModelSpec): SpecProblem[] {
  const fallback = spec.fallback ?? null;
  if (fallback === null) return [];
  return [
    ...fallback.rules.flatMap((rule, index) => [
      ...checkRule(spec, rule, `fallback.rules[${index}]`),
      ...checkAnswer(spec, rule.answer, `fallback.rules[${index}].answer`),
    ]),
    ...checkAnswer(spec, fallback.otherwise, 'fallback.otherwise'),
  ];
}

function checkAnswer({ target }: ModelSpec, answer: FallbackAnswer, path: string): SpecProblem[] {
  const problem = taskOf(target.task).fallback.problemOf(target, answer);
  return problem === null ? [] : [{ path, ...problem }];
}

function checkRule(spec: ModelSpec, { when }: FallbackRule, path: string): SpecProblem[] {
  const feature = spec.features.find((candidate) => candidate.name === when.feature);
  if (feature === undefined) {
    const names = spec.features.map((candidate) => candidate.name);
    const near = nearestName(when.feature, names);
    return [
      {
        path: `${path}.when.feature`,
        message: `there is no feature ${when.feature}`,
        fix: near === null ? `Use one of: ${listNames(names)}.` : `Did you mean ${near}?`,
      },
    ];
  }
  const { constant, isOrdered } = kindOf(feature.kind);
  if (typeof when.value !== constant.type) {
    return [
      {
        path: `${path}.when.value`,
        message: `${when.feature} is a ${feature.kind}, and ${JSON.stringify(when.value)} is not`,
        fix: constant.fix,
      },
    ];
  }
  if (!isOrdered && when.op !== '=' && when.op !== '!=') {
    return [{ path: `${path}.when.op`, message: `a ${feature.kind} has no order`, fix: 'Use = or !=.' }];
  }
  return [];
}
