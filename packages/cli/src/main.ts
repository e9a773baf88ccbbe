/** The command line. */
export async function main(args: readonly string[]): Promise<void> {
  process.stderr.write(`There is no command ${args.join(' ')}\n`)
  process.exitCode = 2
}
