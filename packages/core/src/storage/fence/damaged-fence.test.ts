import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../time/manual-clock.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'
import { DirectoryFence } from './directory-fence.ts'
import type { Processes } from './owner.ts'

const startMs = 1_000_000
const leaseMs = 30_000
const holder = { host: 'a', pid: 17, started: 'then' }
const lease = { epoch: 1, owner: holder, renewedMs: startMs, leaseMs, released: false }

/** The processes as a machine sees them that the holder does not run on: that it lives is known from its lease alone. */
const elsewhere: Processes = {
  self: () => ({ host: 'b', pid: 1, started: '' }),
  isAlive: owner => (owner.host === 'b' ? process.kill(owner.pid, 0) : undefined),
}

/** What becomes of who asks for a directory with these files, now and when the longest lease is over. */
async function asked(files: Readonly<Record<string, Uint8Array>>): Promise<string[]> {
  const clock = new ManualClock(startMs)
  const fileSystem = new MemoryFileSystem({ now: () => clock.now() })
  for (const [name, content] of Object.entries(files)) await fileSystem.create(`/d/.fence/${name}`, content)
  const outcomes: string[] = []
  for (const waitMs of [0, leaseMs + 1, 86_400_001]) {
    clock.setTo(startMs + waitMs)
    try {
      const fence = await DirectoryFence.acquire({ fileSystem, directory: '/d', clock, processes: elsewhere })
      await fence.check()
      return [...outcomes, 'held']
    } catch (error) {
      outcomes.push((error as { code?: string }).code ?? String(error))
    }
  }
  return outcomes
}

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const whole = { 'epoch-1': bytes(holder), 'lease-1': bytes(lease) }
const refusedOrHeld = (outcomes: readonly string[], what: string): void => {
  assert.ok(
    outcomes.slice(0, -1).every(outcome => outcome === 'DIRECTORY_IN_USE'),
    `${what}: ${outcomes.join()}`,
  )
  assert.equal(outcomes.at(-1), 'held', `${what}: ${outcomes.join()}`)
}

test('a holder on another host is respected for its lease, and no longer', async () => {
  assert.deepEqual(await asked(whole), ['DIRECTORY_IN_USE', 'held'])
})

test('a fence’s file that is cut off anywhere keeps nobody out for ever, and brings nobody down', async () => {
  for (const name of ['epoch-1', 'lease-1'] as const) {
    for (let length = 0; length < whole[name].length; length++) {
      refusedOrHeld(await asked({ ...whole, [name]: whole[name].subarray(0, length) }), `${name} cut at ${length}`)
    }
  }
})

test('nor does one with any flipped bit', async () => {
  for (const name of ['epoch-1', 'lease-1'] as const) {
    for (let bit = 0; bit < whole[name].length * 8; bit++) {
      const changed = Buffer.from(whole[name])
      changed[bit >> 3]! ^= 1 << (bit & 7)
      refusedOrHeld(await asked({ ...whole, [name]: changed }), `${name} bit ${bit}`)
    }
  }
})

test('nor one with any content', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom('epoch-1', 'lease-1'),
      fc.oneof(
        fc.uint8Array(),
        fc.json().map(text => Buffer.from(text)),
        fc
          .record({
            renewedMs: fc.double(),
            leaseMs: fc.double(),
            owner: fc.constantFrom(holder, { ...holder, pid: 0 }),
          })
          .map(bytes),
      ),
      async (name, content) =>
        refusedOrHeld(await asked({ ...whole, [name]: content }), Buffer.from(content).toString()),
    ),
  ))

test('a clock of a holder that is far ahead of ours does not make its lease longer', async () => {
  assert.deepEqual(await asked({ ...whole, 'lease-1': bytes({ ...lease, renewedMs: startMs + 1e12 }) }), [
    'DIRECTORY_IN_USE',
    'held',
  ])
})

test('process 0, which every machine has, is no holder', async () => {
  const owner = { host: 'b', pid: 0, started: '' }
  assert.deepEqual(await asked({ 'epoch-1': bytes(owner), 'lease-1': bytes({ ...lease, owner }) }), [
    'DIRECTORY_IN_USE',
    'held',
  ])
})
