/**
 * Whole-system programs that take long: `npm run scenarios -- NAME [OPTIONS]`. Without a name all of them run, at the length of `npm run test:full`. The exit code is
 * 1 when one of them fails.
 */
interface Program {
  /** Resolves with whether it held. */
  readonly run: (args: readonly string[]) => Promise<boolean>
  /** The arguments at full length. */
  readonly full: readonly string[]
}

const programs: Readonly<Record<string, Program>> = {
  kill: {
    run: async args => (await import('./kill/kill-rounds.ts')).main(args),
    full: ['--rounds', '500'],
  },
  soak: {
    run: async args => (await import('./soak/soak.ts')).main(args),
    full: ['--batches', '100000'],
  },
}

const [name, ...args] = process.argv.slice(2)
process.exitCode = (await (name === undefined ? runAll() : runOne(name, args))) ? 0 : 1

async function runAll(): Promise<boolean> {
  let held = true
  for (const { run, full } of Object.values(programs)) held = (await run(full)) && held
  return held
}

function runOne(name: string, args: readonly string[]): Promise<boolean> {
  const program = programs[name]
  if (program === undefined)
    throw new Error(`There is no scenario '${name}'. There are: ${Object.keys(programs).join(', ')}.`)
  return program.run(args)
}
