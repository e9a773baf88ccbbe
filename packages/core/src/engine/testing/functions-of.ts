import type { TaskFunction } from '../../closures/closure.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import type { Job } from '../job.ts'

/** Every function that tasks of a job may call. */
export function functionsOf({ target, action }: Job): TaskFunction[] {
  const functions = parentsFirst(target).flatMap(functionsOfNode)
  if (action.kind === 'run') functions.push(action.f)
  return functions
}

function functionsOfNode(node: RddNode): TaskFunction[] {
  switch (node.kind) {
    case 'source':
      return node.source.kind === 'reader' ? [node.source.read] : []
    case 'narrow':
      return [node.step.f]
    case 'concat':
    case 'stateView':
      return []
    case 'state':
      return [node.update.f]
    case 'zip':
      return [node.f]
    case 'shuffle': {
      const { aggregate, partitioner } = node
      const merging = aggregate === undefined ? [] : [aggregate.create, aggregate.mergeValue, aggregate.mergeCombiners]
      return partitioner.kind === 'custom' ? [...merging, partitioner.partition] : merging
    }
  }
}
