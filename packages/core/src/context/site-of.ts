import type { TaskFunction } from '../closures/closure.ts'
import type { NewNode } from '../rdd/plan/node.ts'

/** Where the operator was applied, as its captured function knows: spares looking at the stack again. */
export function siteOf(node: NewNode): string | undefined {
  const f = node.kind === 'narrow' ? node.step.f : node.kind === 'shuffle' ? node.aggregate?.mergeValue : undefined
  return f && siteOfFunction(f)
}

function siteOfFunction(f: TaskFunction): string | undefined {
  if (f.kind === 'closure') return f.site
  return f.functions.length === 0 ? undefined : siteOfFunction(f.functions[0]!)
}
