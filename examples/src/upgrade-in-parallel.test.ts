import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startExample, type ExampleProcess } from './example-process.ts'

/** By batch time: which version has put it out, and its totals. */
function putOut(output: string): Map<number, { readonly version: string; readonly totals: Record<string, number> }> {
  const files = readdirSync(output).flatMap(name => /^totals-(\d+)$/.exec(name) ?? [])
  const times = files.filter(name => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b) // prettier-ignore
  return new Map(
    times.map(timeMs => {
      const [version, json] = readFileSync(join(output, `totals-${timeMs}`), 'utf8').split(/ (.*)/)
      return [timeMs, { version: version!, totals: Object.fromEntries(JSON.parse(json!) as [string, number][]) }]
    }),
  )
}

/** Longer than anything takes on a machine that has much else to do. */
const patienceMs = 90_000

/** Looks again and again, with what `act` does in between. */
async function until(
  what: string,
  holds: () => boolean,
  running: readonly ExampleProcess[],
  act: () => void = () => {},
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`Waited in vain until ${what}.\n${running.map(({ said }) => said).join('\n')}`)
    act()
    await sleep(100)
  }
}

test(
  'the new version takes over from the old one: each batch is put out by one of them, no record is lost or counted twice',
  { timeout: 170_000 },
  async () => {
    // prettier-ignore
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-'))
    const [input, output] = ['in', 'out'].map(name => join(folder, name)) as [string, string]
    for (const directory of [input, output]) mkdirSync(directory)
    let files = 0
    const addFile = (): void => {
      writeFileSync(join(folder, 'part'), 'word Word\n')
      renameSync(join(folder, 'part'), join(input, `file-${files++}`))
    }
    const start = (version: string) =>
      startExample('upgrade-in-parallel.ts', [version, input, join(folder, version), output])
    const older = start('old')
    const running = [older]
    try {
      await until('the old version puts out', () => putOut(output).size >= 2, running, addFile)
      const newer = start('new')
      running.push(newer)
      const byNew = (): number => [...putOut(output).values()].filter(({ version }) => version === 'new').length
      await until('the new version puts out', () => byNew() >= 3, running, addFile)
      await older.until(printed => printed.includes('The old version has stopped'))
      const lastMs = [...putOut(output).keys()].at(-1)!
      await until('four more batches are out', () => putOut(output).has(lastMs + 2000), running)

      const batches = [...putOut(output)]
      const times = batches.map(([timeMs]) => timeMs)
      assert.ok(
        times.every((timeMs, i) => i === 0 || timeMs === times[i - 1]! + 500),
        `no batch is left out: ${times}`,
      )
      const fromMs = Number(readFileSync(join(output, 'take-over'), 'utf8'))
      for (const [timeMs, { version }] of batches) assert.equal(version, timeMs < fromMs ? 'old' : 'new')
      assert.deepEqual(batches.at(-1)![1].totals, { word: 2 * files })
      const sums = batches.map(([, { totals }]) => Object.values(totals).reduce((a, b) => a + b, 0))
      assert.ok(
        sums.every((sum, i) => i === 0 || sum >= sums[i - 1]!),
        `totals only grow: ${sums}`,
      )
    } finally {
      for (const example of running) await example.stop()
      rmSync(folder, { recursive: true })
    }
  },
)
