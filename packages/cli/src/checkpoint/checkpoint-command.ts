import type { Talk } from '../talk.ts'
import { wrongUsage, type Usage } from '../usage.ts'
import { diffCommand } from './diff-command.ts'
import { showCommand } from './show-command.ts'

const usage: Usage = {
  command: 'dstream checkpoint',
  text: `Usage: dstream checkpoint COMMAND

  show DIRECTORY            says what a checkpoint directory holds
  diff DIRECTORY PROGRAM    says what would come of starting a program from it

dstream checkpoint COMMAND --help says more about each.
`,
}

/** `dstream checkpoint …`. Gives the exit code. */
export async function checkpointCommand([name, ...rest]: readonly string[], talk: Talk): Promise<number> {
  switch (name) {
    case 'show':
      return showCommand(rest, talk)
    case 'diff':
      return diffCommand(rest, talk)
    case '--help':
    case '-h':
      return talk.out(usage.text)
    default:
      return wrongUsage(
        name === undefined ? 'dstream checkpoint needs a command' : `dstream checkpoint has no command ${name}`,
        usage,
      )
  }
}
