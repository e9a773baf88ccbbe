import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { inspectCheckpoint, type CheckpointInspection } from '@dstream/core'
import type { Talk } from '../talk.ts'
import { parsing, wrongUsage, type Usage } from '../usage.ts'
import { showText } from './show-text.ts'
import { asJson } from './text.ts'

const usage: Usage = {
  command: 'dstream checkpoint show',
  text: `Usage: dstream checkpoint show DIRECTORY [--json] [--files]

Says what a checkpoint directory holds: which file a restart uses and which it cannot use and why, batches, streams
with what is saved of them, inputs, what the logs have after the checkpoint, accumulators, configuration, who works in
the directory, and what is broken or missing. Runs nothing and writes nothing; the program may be running.

  --json                  the same as JSON (docs/cli.md)
  --files                 every checkpoint file, not only how many are whole
  -c, --conf KEY=VALUE, --properties-file FILE
                          settings that reading needs, such as spark.dstream.io.encryption.keyFile
  -h, --help

Exit code: 0 when a restart can use it and everything it needs is there; 1 when there is damage; 2 when there is no
checkpoint that can be used, or it cannot be looked at.
`,
}

const options = {
  json: { type: 'boolean' },
  files: { type: 'boolean' },
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
  talk.out(values.json === true ? asJson(inspection) : await textOf(inspection, values.files === true))
  if (inspection.used === undefined) return 2
  return inspection.damages.length > 0 ? 1 : 0
}

const textOf = async (inspection: CheckpointInspection, allFiles: boolean): Promise<string> =>
  showText(inspection, {
    allFiles,
    entries: inspection.used === undefined ? await entriesOf(inspection.directory) : undefined,
  })

/** How many entries a directory of this machine has, for what to say of one without checkpoints; else undefined. */
async function entriesOf(directory: string): Promise<number | 'missing' | undefined> {
  const path = directory.startsWith('file:') ? fileURLToPath(directory) : directory
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return undefined
  try {
    return (await readdir(path)).length
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : undefined
  }
}
