import type { Planted } from '@dstream/tools/planting'

/** The removal of a guard. */
export interface Break {
  readonly name: string
  /** Which invariants may notice. */
  readonly invariants: readonly number[]
  readonly planted: readonly Planted[]
  /** A seed among so many notices. */
  readonly within: number
}

const core = 'packages/core/src'
const streaming = `${core}/streaming`

const ofData: readonly Break[] = [
  {
    name: 'a block is acknowledged before it is logged',
    invariants: [1],
    planted: [
      {
        file: `${streaming}/receivers/received-data.ts`,
        search: 'return this.#record(event).then(inLog => this.#keep(event, onKept, inLog ?? undefined))',
        replace: 'void this.#record(event).catch(() => undefined)\n    return this.#keep(event, onKept)',
      },
    ],
    within: 60,
  },
  {
    name: 'a log is not flushed before it says that a record is safe',
    invariants: [1, 2],
    planted: [
      {
        file: `${streaming}/write-ahead-log/log-writer.ts`,
        search: "if (this.#options.fsync === 'commit') await this.#sync()",
        replace: "if (this.#options.fsync === 'commit') this.#unsynced = false",
      },
    ],
    within: 100,
  },
  {
    name: 'blocks that cannot be read now are passed by',
    invariants: [1, 2, 3],
    planted: [{ file: `${streaming}/checkpoint/run-log.ts`, search: 'if (mayPass(error)) throw error', replace: '' }],
    within: 600,
  },
  {
    name: 'a batch’s files are not logged',
    invariants: [1, 2],
    planted: [
      {
        file: `${streaming}/checkpoint/run-checkpoints.ts`,
        search: 'for (const given of input.newAllocations())',
        replace: 'for (const given of input.newAllocations().slice(1))',
      },
    ],
    within: 400,
  },
  {
    name: 'a directory that could not be listed was empty',
    invariants: [1],
    planted: [
      {
        file: `${streaming}/sources/file/file-input-dstream.ts`,
        search: 'seenUpToMs: path => seenUpToMs(seen, path),',
        replace: 'seenUpToMs: () => batchMs,',
      },
    ],
    within: 400,
  },
  {
    name: 'a batch begins before it is logged what it is made of',
    invariants: [1, 2],
    planted: [
      {
        file: `${streaming}/checkpoint/run-checkpoints.ts`,
        search: "await log.record({ type: 'batchSubmitted', timeMs, outputs, records })",
        replace: "void log.record({ type: 'batchSubmitted', timeMs, outputs, records }).catch(() => undefined)",
      },
    ],
    within: 200,
  },
]

const ofState: readonly Break[] = [
  {
    name: 'saved records are named before all of them are safe',
    invariants: [2, 3],
    planted: [
      {
        file: `${core}/rdd/saved/saved-records.ts`,
        search: "await jobs.run(target, { kind: 'run', f, async: true, beside: true }",
        replace: "void jobs.run(target, { kind: 'run', f, async: true, beside: true }",
      },
    ],
    within: 100,
  },
]

const ofBatches: readonly Break[] = [
  {
    name: 'batches that were missed are skipped',
    invariants: [4],
    planted: [
      {
        file: `${streaming}/context/streaming-run.ts`,
        search: 'this.#generator.start(firstMs, { dueFromMs,',
        replace: 'this.#generator.start(firstMs, { dueFromMs: firstMs,',
      },
    ],
    within: 20,
  },
  {
    name: 'batches that had not ended are forgotten',
    invariants: [3, 4],
    planted: [
      {
        file: `${streaming}/context/run-plan.ts`,
        search: 'const again = pending.filter(timeMs => timeMs < batchMs)',
        replace: 'const again = pending.filter(() => false)',
      },
    ],
    within: 60,
  },
  {
    name: 'what was repeated is repeated again after every restart',
    invariants: [5],
    planted: [
      {
        file: `${streaming}/checkpoint/run-progress.ts`,
        search: 'this.#again.delete(timeMs)',
        replace: '',
      },
    ],
    within: 100,
  },
  {
    name: 'a program begins without a first checkpoint',
    invariants: [1, 4, 5],
    planted: [
      { file: `${streaming}/checkpoint/run-checkpoints.ts`, search: 'await this.#writer.first()', replace: '' },
    ],
    within: 200,
  },
]

const ofBounds: readonly Break[] = [
  {
    name: 'receivers never wait',
    invariants: [6],
    planted: [
      {
        file: `${streaming}/receivers/received-data.ts`,
        search: 'if (this.#unprocessed.bytes > receiverMaxUnprocessedBytes)',
        replace: 'if (this.#unprocessed.bytes > Infinity)',
      },
    ],
    within: 150,
  },
  {
    name: 'old checkpoints are never removed',
    invariants: [6],
    planted: [
      {
        file: `${streaming}/checkpoint/files/checkpoint-files.ts`,
        search: 'for (const old of times.slice(kept))',
        replace: 'for (const old of times.slice(1e9))',
      },
    ],
    within: 20,
  },
  {
    name: 'old logs are never removed',
    invariants: [6],
    planted: [
      {
        file: `${streaming}/checkpoint/run-checkpoints.ts`,
        search: 'this.#log!.clean(needless)',
        replace: 'Promise.resolve()',
      },
    ],
    within: 100,
  },
  {
    name: 'what was saved is never removed',
    invariants: [6],
    planted: [
      {
        file: `${streaming}/checkpoint/data-checkpoints.ts`,
        search: 'if (needed.has(directory)) continue',
        replace: 'if (needed.size >= 0) continue',
      },
    ],
    within: 100,
  },
]

const ofFences: readonly Break[] = [
  {
    name: 'nobody asks the fence',
    invariants: [1, 2, 7],
    planted: [
      {
        file: `${core}/storage/fence/directory-fence.ts`,
        search: 'if (fenced) throw new DirectoryFencedError(directory, this.epoch)',
        replace: '',
      },
    ],
    within: 60,
  },
]

const ofStops: readonly Break[] = [
  {
    name: 'a graceful stop forgets what waits for a batch',
    invariants: [8],
    planted: [
      {
        file: `${streaming}/context/streaming-run.ts`,
        search: 'this.#generator.drain(this.#parts.feed.hasUnallocated())',
        replace: 'this.#generator.drain(false)',
      },
    ],
    within: 60,
  },
]

/** At least one for each numbered invariant. */
export const breaks: readonly Break[] = [...ofData, ...ofState, ...ofBatches, ...ofBounds, ...ofFences, ...ofStops]
