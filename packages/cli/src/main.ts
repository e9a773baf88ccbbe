import { DStreamError } from '@dstream/core/errors'
import { runCommand } from './run/run-command.ts'
import { processTalk, type Talk } from './talk.ts'
import { wrongUsage, type Usage } from './usage.ts'

const usage: Usage = {
  command: 'dstream',
  text: `Usage: dstream COMMAND

  run PROGRAM                            runs a program; with --supervise, again when it dies
  checkpoint show DIRECTORY              says what a checkpoint directory holds
  checkpoint diff DIRECTORY PROGRAM      says what would come of starting a program from it

dstream COMMAND --help says more about each.
`,
}

/** The command line `dstream`: runs a command and sets the exit code of this process. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await exitCode(argv, processTalk)
}

/** What `main` does, with a place to write to. */
export async function exitCode(argv: readonly string[], talk: Talk): Promise<number> {
  try {
    return await command(argv, talk)
  } catch (error) {
    talk.say(error instanceof DStreamError ? error.message : String(error instanceof Error ? error.stack : error))
    return 2
  }
}

async function command([name, ...rest]: readonly string[], talk: Talk): Promise<number> {
  switch (name) {
    case 'run':
      return runCommand(rest, talk)
    case 'checkpoint':
      // Only here: what it needs of the system takes longer to load than the rest.
      return (await import('./checkpoint/checkpoint-command.ts')).checkpointCommand(rest, talk)
    case 'help':
    case '--help':
    case '-h':
      return talk.out(usage.text)
    case undefined:
      return wrongUsage('dstream needs a command', usage)
    default:
      return wrongUsage(`dstream has no command ${name}`, usage)
  }
}
