import type { SparkContext } from 'dstream'
import { errorOf, field, type Case, type Result } from '../cases.ts'
import { runAction } from '../rdd/actions.ts'
import { buildRdds } from '../rdd/program.ts'
import { Unsupported } from '../unsupported.ts'

/** Kind rdd: builds the nodes, runs the action. */
export async function runRdd(c: Case, sc: SparkContext): Promise<Result> {
  const action = field(c.action, 'action')
  try {
    const rdds = buildRdds(sc, field(c.nodes, 'nodes'))
    return { value: await runAction(rdds.get(action.of), action) }
  } catch (error) {
    if (error instanceof Unsupported) throw error
    return { error: errorOf(error) }
  }
}
