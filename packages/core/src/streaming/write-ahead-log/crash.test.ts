import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DirectoryFence } from '../../storage/fence/directory-fence.ts'
import { faulty, type StorageFault, type StorageOperation } from '../../storage/faulty-file-system.ts'
import { MemoryFileSystem } from '../../storage/memory-file-system.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import { bytesOf, directory, texts } from './log-for-tests.ts'
import { WriteAheadLog } from './write-ahead-log.ts'

/** Numbers in [0, 1) from a seed (mulberry32). */
function prng(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Event = 'acknowledged' | 'power failure' | 'kill' | 'take-over' | 'torn' | 'ENOSPC' | 'EIO'
const happened = new Map<Event, number>()
const count = (event: Event): void => void happened.set(event, (happened.get(event) ?? 0) + 1)

/** Some seconds in the life of a log: processes that append, on a disk that fails, until they are killed, lose power or are taken over. */
class Life {
  readonly #random: () => number
  readonly #disk = new MemoryFileSystem()
  readonly #clock = new ManualClock(1000)
  readonly #acknowledged: { readonly text: string; readonly sequence: number }[] = []
  readonly #appended = new Set<string>()
  readonly #running: Process[] = []
  readonly #logs: (readonly [Process, WriteAheadLog])[] = []
  #known: readonly string[] = []

  constructor(seed: number) {
    this.#random = prng(seed)
  }

  async run(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      const process = new Process()
      this.#running.push(process)
      const faults = round % 2 === 0 ? 0 : 0.08
      for (const old of this.#logs) if (this.#random() < 0.5) void this.#append(...old)
      const log = await this.#recover(process, faults).catch(undefinedUnlessWrong)
      if (log !== undefined) {
        this.#logs.push([process, log])
        await this.#work()
      }
      this.#end()
    }
    for (const process of this.#running) process.dead = true
    await this.#turns(200)
    this.#check((await texts(this.#disk)).texts)
  }

  /** As the driver does: take the directory, fold what is there, go on behind it. */
  async #recover(process: Process, faults: number): Promise<WriteAheadLog> {
    const fileSystem = faulty(this.#disk, operation => process.fate() ?? this.#fault(operation, faults))
    const fence = await DirectoryFence.acquire({ fileSystem, directory, clock: this.#clock, takeOver: true })
    const { texts: found, report } = await texts(fileSystem)
    const folded = this.#random() < 0.7
    const log = await WriteAheadLog.open({
      ...{ fileSystem, directory, clock: this.#clock, fence, rollingIntervalMs: 50 },
      ...(folded ? { end: report.end } : {}),
      closeFileAfterWrite: this.#random() < 0.2,
    })
    assert.deepEqual(report.missing, [], 'nothing is missing')
    assert.deepEqual(found.slice(0, this.#known.length), this.#known, 'what was folded once is folded again')
    this.#check(found)
    // Who opens without `end` has not said what it read: what counts is what was there when it opened.
    if (folded) this.#known = found
    return log
  }

  /** Appends to the log that is open, and now and then to those of processes that were taken over and do not know it. */
  async #work(): Promise<void> {
    for (let step = Math.floor(this.#random() * 15); step > 0; step--) {
      for (let n = Math.floor(this.#random() * 4); n > 0; n--) {
        const older = this.#random() < 0.2 ? Math.floor(this.#random() * this.#logs.length) : -1
        void this.#append(...this.#logs.at(older)!)
      }
      if (this.#random() < 0.3) this.#clock.advance(Math.floor(this.#random() * 60) - 10)
      await this.#turns(Math.floor(this.#random() * 30))
    }
  }

  async #append(process: Process, log: WriteAheadLog): Promise<void> {
    const text = `${this.#appended.size}${'.'.repeat(Math.floor(this.#random() * 20))}`
    this.#appended.add(text)
    const handle = await log.append(bytesOf(text)).catch(() => undefined)
    if (handle === undefined || process.dead) return
    count('acknowledged')
    this.#acknowledged.push({ text, sequence: handle.sequence })
  }

  #end(): void {
    const how = this.#random()
    // Taken over: it lives on beside its successor and goes on with what it was doing.
    if (how < 0.3) return count('take-over')
    for (const process of this.#running) process.dead = true
    if (how < 0.6) return count('kill')
    count('power failure')
    this.#disk.crash((_, unsafe) => Math.floor(this.#random() * (unsafe + 1)))
  }

  #fault({ name }: StorageOperation, rate: number): StorageFault | undefined {
    if (this.#random() >= rate) return undefined
    if (name === 'write') {
      count('torn')
      return { torn: Math.floor(this.#random() * 60) }
    }
    const fault = this.#random() < 0.5 ? 'ENOSPC' : 'EIO'
    count(fault)
    return fault
  }

  #check(found: readonly string[]): void {
    assert.equal(new Set(found).size, found.length, 'no record comes twice')
    for (const text of found) assert.ok(this.#appended.has(text), `${text} was appended`)
    const acknowledged = this.#acknowledged.toSorted((a, b) => a.sequence - b.sequence).map(({ text }) => text)
    const set = new Set(acknowledged)
    assert.deepEqual(found.filter(text => set.has(text)), acknowledged, 'what was acknowledged is there, in order') // prettier-ignore
  }

  async #turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await Promise.resolve()
  }
}

/** A recovery that fails is tried again by the next process; one that finds something wrong fails the test. */
function undefinedUnlessWrong(error: unknown): undefined {
  if (error instanceof assert.AssertionError) throw error
}

class Process {
  dead = false

  /** Nothing that a dead process still asks for happens. */
  fate(): undefined {
    if (this.dead) throw new Error('the process is dead')
  }
}

test('whatever fails and wherever it ends, every acknowledged record is there, once, in order, and none in part', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), seed => new Life(seed).run()),
    { numRuns: Number(process.env['LOG_CRASH_RUNS'] ?? 600) },
  )
  const events: readonly Event[] = ['acknowledged', 'power failure', 'kill', 'take-over', 'torn', 'ENOSPC', 'EIO']
  for (const event of events) assert.ok((happened.get(event) ?? 0) > 0, `${event} happened`)
})
