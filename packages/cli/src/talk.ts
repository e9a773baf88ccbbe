/** Where a command writes: data to stdout, talk to stderr. */
export interface Talk {
  /** Writes data. Gives 0, the exit code of a command that is done with that. */
  readonly out: (text: string) => 0
  readonly say: (text: string) => void
}

/** Of this process. Piped into something that ends early, such as `head`, what is left is not written. */
export const processTalk: Talk = {
  out: text => {
    process.stdout.write(text)
    return 0
  },
  say: text => void process.stderr.write(`dstream: ${text}\n`),
}
