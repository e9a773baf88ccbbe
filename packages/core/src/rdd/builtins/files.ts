import { randomInt } from 'node:crypto'
import { textOf } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import {
  abortTask,
  commitAtOnce,
  commitTask,
  inputFormatOf,
  localCommitStorage,
  outputFormatOf,
  partFileName,
  readSplit,
  setupTask,
  writePairs,
  type OutputJob,
} from '../../formats/index.ts'
import { localPath } from '../../formats/local-files.ts'
import type { Fn, Pair } from './function-types.ts'

type Options = Readonly<Record<string, unknown>>
type Api = 'old' | 'new'

/** What tasks do with files: read a split, write a partition. */
registerBuiltins({
  readFormat: ([travelled], [name, options, records]) => {
    const format = inputFormatOf({ name: name as string, options: optionsOf(travelled, options) })
    const takesValues = records === 'values'
    return function* (split: unknown) {
      for (const pairs of readSplit(format, split)) {
        if (takesValues) for (const pair of pairs) yield pair[1]
        else yield* pairs
      }
    }
  },
  writeFormat: ([travelled], [job, api, name, options, records]) => {
    const format = outputFormatOf({ name: name as string, options: optionsOf(travelled, options) })
    return (given: Iterable<unknown>, partition: number) => {
      const task = openTask(job as OutputJob, partition)
      try {
        const file = `${task.directory}/${partFileName(partition, api as Api, format.extension)}`
        writePairs(format, file, pairsOf(given, records))
        task.commit()
      } catch (error) {
        task.abort()
        throw error
      }
    }
  },
  writeOwnFormat:
    ([write], [job, api, extension]) =>
    async (pairs: Iterable<unknown>, partition: number) => {
      const task = openTask(job as OutputJob, partition)
      try {
        await (write as Fn)(
          localPath(`${task.directory}/${partFileName(partition, api as Api, extension as string)}`),
          pairs,
        )
        task.commit()
      } catch (error) {
        task.abort()
        throw error
      }
    },
})

const optionsOf = (travelled: unknown, options: unknown): Options =>
  (travelled === undefined ? options : (travelled as () => unknown)()) as Options

/** A place for the files of one attempt. The number tells it from other attempts, which may run at the same time. */
function openTask(
  job: OutputJob,
  partition: number,
): { readonly directory: string; readonly commit: () => void; readonly abort: () => void } {
  const attempt = { partition, attempt: randomInt(2 ** 40) }
  const directory = commitAtOnce(setupTask(localCommitStorage, job, attempt))
  return {
    directory,
    commit: () => commitAtOnce(commitTask(localCommitStorage, job, attempt)),
    abort: () => commitAtOnce(abortTask(localCommitStorage, job, attempt)),
  }
}

function* pairsOf(records: Iterable<unknown>, are: unknown): Generator<Pair> {
  // As text: `null` is a line, too.
  if (are === 'lines') for (const record of records) yield [null, textOf(record)]
  else if (are === 'values') for (const record of records) yield [null, record]
  else for (const record of records) yield record as Pair
}
