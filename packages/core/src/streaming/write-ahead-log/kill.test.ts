import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { DirectoryFence } from '../../storage/fence/directory-fence.ts'
import { LocalFileSystem } from '../../storage/local-file-system.ts'
import { SystemClock } from '../../time/system-clock.ts'
import { bytesOf, texts } from './log-for-tests.ts'
import { WriteAheadLog } from './write-ahead-log.ts'

/** The process that is killed: appends `<name>:<number>` for ever, and prints each that is acknowledged. */
async function appendForEver(directory: string, name: string): Promise<void> {
  const options = { fileSystem: new LocalFileSystem(), directory, clock: new SystemClock() }
  const fence = await DirectoryFence.acquire(options)
  const log = await WriteAheadLog.open({ ...options, fence, rollingIntervalMs: 20 })
  let number = 0
  const appending = Array.from({ length: 20 }, async () => {
    for (;;) {
      const text = `${name}:${number++}`
      await log.append(bytesOf(text))
      process.stdout.write(`${text}\n`)
    }
  })
  await Promise.all(appending)
}

/** Runs a process that appends, kills it after that many acknowledgements, and gives all that it has printed. */
async function runAndKill(directory: string, name: string, after: number): Promise<string[]> {
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
  const writer = spawn(process.execPath, [...flags, import.meta.filename, 'writer', directory, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    printed.push(line)
    if (printed.length === after) writer.kill('SIGKILL')
  }
  assert.ok(printed.length >= after, 'it was killed, it did not end by itself')
  return printed
}

const [, , role, place = '', name = ''] = process.argv
if (role === 'writer') await appendForEver(place, name)

test('processes that are killed one after the other lose nothing that they had acknowledged, and none waits for the dead', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dstream-kill-'))
  try {
    const acknowledged: string[] = []
    for (const [round, after] of [1, 173, 911].entries()) {
      // The last line may be cut off by the end.
      acknowledged.push(...(await runAndKill(directory, `${round}`, after)).filter(line => /^\d:\d+$/.test(line)))
    }
    const { texts: found, report } = await texts(new LocalFileSystem(), { directory })
    assert.deepEqual(report.missing, [])
    const there = new Set(found)
    assert.equal(there.size, found.length)
    // A line whose digits are cut off names a smaller number, which was acknowledged before.
    assert.deepEqual(acknowledged.filter(text => !there.has(text)), []) // prettier-ignore
  } finally {
    await rm(directory, { recursive: true })
  }
})
