import { DStreamError } from '@dstream/core/errors'

/** How to call a command, as `--help` says it. */
export interface Usage {
  readonly command: string
  readonly text: string
}

/** The command line was not understood. @throws DStreamError CLI_USAGE */
export function wrongUsage(what: string, { command }: Usage): never {
  throw new DStreamError('CLI_USAGE', what, { hint: `See ${command} --help.` })
}

/** What an argument parser of Node says, as an error of this command. */
export function parsing<T>(usage: Usage, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | undefined)?.code
    if (error instanceof Error && code?.startsWith('ERR_PARSE_ARGS') === true)
      wrongUsage(error.message.split('. ')[0]!, usage)
    throw error
  }
}
