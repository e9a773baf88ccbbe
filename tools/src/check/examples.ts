import { breaches, sum, type Outcome } from './outcome.ts'
import { runNode } from './run-program.ts'

const start = ['--disable-warning=ExperimentalWarning', 'examples/src/start.ts']
const batchHeader = /^-{43}\nTime: \d+ ms\n-{43}$/gm
const wordCount = /^\(\S+,\d+\)$/m
const limitMs = 60_000

/** Runs what `npm start` runs, on the built packages. */
export async function examples(): Promise<Outcome> {
  return sum([await endsAfterItsBatches(), await stopsGracefully()])
}

async function endsAfterItsBatches(): Promise<Outcome> {
  const { exitCode, stdout, output } = await runNode([...start, '--batches', '2'], { limitMs })
  const wrong: string[] = []
  if (exitCode !== 0) wrong.push(`npm start -- --batches 2 ended with exit code ${exitCode}`)
  if (stdout.match(batchHeader)?.length !== 2) wrong.push('it did not print two batches')
  if (!wordCount.test(stdout)) wrong.push('it counted no words')
  return breaches(wrong.length === 0 ? [] : [...wrong, output])
}

/** Ctrl-C arrives several times at once when npm is between; that is one Ctrl-C. */
async function stopsGracefully(): Promise<Outcome> {
  let interrupted = false
  const { exitCode, output } = await runNode(start, {
    limitMs,
    onStdout: (stdout, signal) => {
      if (interrupted || !wordCount.test(stdout)) return
      interrupted = true
      signal('SIGINT')
      signal('SIGINT')
    },
  })
  return breaches(exitCode === 0 ? [] : [`npm start ended with exit code ${exitCode} after Ctrl-C`, output])
}
