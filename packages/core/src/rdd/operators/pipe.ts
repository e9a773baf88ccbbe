import { builtin } from '../../closures/index.ts'
import type { Closure } from '../../closures/closure.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

/** How the processes of `pipe` are run. */
export interface PipeSpec {
  /** The program, and its arguments. */
  readonly command: string | readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly separator: string
  readonly separateWorkingDir: boolean
  readonly printPipeContext?: Closure | undefined
  readonly printRDDElement?: Closure | undefined
}

/**
 * The lines that a program writes when it is given the records of a partition, one process for each partition.
 * @throws DStreamError PIPE_COMMAND
 */
export function pipe(make: MakeNode, parent: RddNode, spec: PipeSpec): RddNode {
  // No shell: a text is cut at white space only, as in Spark.
  const { command, env, separator, separateWorkingDir, printPipeContext, printRDDElement } = spec
  const words = typeof command === 'string' ? command.split(/\s+/).filter(word => word !== '') : command
  if (words.length === 0) {
    throw new DStreamError('PIPE_COMMAND', 'The command of pipe is empty', {
      hint: "Give a program and its arguments: 'grep -v x', or ['grep', '-v', 'a b'].",
    })
  }
  const functions = [printPipeContext, printRDDElement].map(f => f ?? builtin('nothing'))
  const given = [printPipeContext !== undefined, printRDDElement !== undefined]
  return make({
    kind: 'narrow',
    operator: 'pipe',
    parents: [parent],
    numPartitions: parent.numPartitions,
    step: {
      op: 'mapPartitions',
      f: builtin('pipe', functions, [[...words], { ...env }, separator, separateWorkingDir, ...given]),
      async: true,
    },
  })
}
