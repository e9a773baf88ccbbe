import { refusingAsync } from './rdd-handle.ts'
import type { PipeSpec } from './operators/pipe.ts'

/** How `pipe` runs its processes. */
export interface PipeOptions<T> {
  /** Variables of the environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** What stands behind each record. Default: a line end. */
  readonly separator?: string
  /** Each process has an empty working directory of its own, removed afterwards. */
  readonly separateWorkingDir?: boolean
  /** Writes what comes before the records; a task function. */
  readonly printPipeContext?: (print: (text: unknown) => void) => void
  /** Writes a record; a task function. Default: as `print()` shows it. */
  readonly printRDDElement?: (record: T, print: (text: unknown) => void) => void
}

/** The options as the plan holds them. */
export const pipeSpec = <T>(command: string | readonly string[], options: PipeOptions<T>): PipeSpec => ({
  command,
  env: options.env ?? {},
  separator: options.separator ?? '\n',
  separateWorkingDir: options.separateWorkingDir ?? false,
  printPipeContext: options.printPipeContext && refusingAsync('pipe', options.printPipeContext),
  printRDDElement: options.printRDDElement && refusingAsync('pipe', options.printRDDElement),
})
