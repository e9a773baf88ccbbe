import { parseArgs } from 'node:util'
import { inspectCheckpoint } from '@dstream/core'
import type { Talk } from '../talk.ts'
import { parsing, wrongUsage, type Usage } from '../usage.ts'
import { showText } from './show-text.ts'
import { asJson } from './text.ts'

const usage: Usage = {
  command: 'dstream checkpoint show',
  text: `Usage: dstream checkpoint show DIRECTORY [--json]

Says what a checkpoint directory holds: which file a restart uses and which it cannot use and why, batches, streams
with what is saved of them, inputs, what the logs have after the checkpoint, accumulators, configuration, who works in
the directory, and what is broken or missing. Runs nothing and writes nothing; the program may be running.

  --json                  the same as JSON (docs/cli.md)
  -c, --conf KEY=VALUE, --properties-file FILE
                          settings that reading needs, such as spark.dstream.io.encryption.keyFile
  -h, --help

Exit code: 0 when a restart can use it and everything it needs is there; 1 when there is damage; 2 when there is no
checkpoint that can be used, or it cannot be looked at.
`,
}

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  // Read as every program of this system reads them: from the command line of the process.
  conf: { type: 'string', short: 'c', multiple: true },
  'properties-file': { type: 'string' },
} as const

/** `dstream checkpoint show`. Gives the exit code. */
export async function showCommand(argv: readonly string[], talk: Talk): Promise<number> {
  const { values, positionals } = parsing(usage, () => parseArgs({ args: [...argv], options, allowPositionals: true }))
  if (values.help === true) return talk.out(usage.text)
  const [directory, more] = positionals
  if (directory === undefined || more !== undefined) wrongUsage(`${usage.command} takes one directory`, usage)
  const inspection = await inspectCheckpoint(directory)
  talk.out(values.json === true ? asJson(inspection) : showText(inspection))
  if (inspection.used === undefined) return 2
  return inspection.damages.length > 0 ? 1 : 0
}
