import type { AsyncByteSource, ByteSource } from './byte-source.ts'

/** A format asks for these bytes of a file, and goes on when it has them. */
export interface ReadRequest {
  readonly kind: 'read'
  readonly path: string
  readonly position: number
  readonly length: number
}

/** A format has made these records. */
export interface RecordChunk<T> {
  readonly kind: 'records'
  readonly records: T[]
}

/**
 * The reading of a split as steps, without any input of its own: it yields what it wants to read, is resumed with the bytes, and yields records. So one
 * definition of a format serves tasks that read local files at once and storage that answers later.
 */
export type ReadSteps<T, R = void> = Generator<ReadRequest | RecordChunk<T>, R, Uint8Array>

/** Resumes a step that gave records: nothing looks at it. */
export const noBytes = new Uint8Array(0)

/** Runs the steps over files that answer at once: arrays of records, made as they are asked for. */
export function* readAtOnce<T>(
  steps: ReadSteps<T>,
  open: (path: string) => ByteSource,
): Generator<T[], void, undefined> {
  const held: Held<ByteSource> = {}
  const run = reading(steps, open, held)
  try {
    for (let step = run.next(); !step.done;) {
      const { value } = step
      if ('records' in value) yield value.records
      step = run.next('wanted' in value ? value.wanted : undefined)
    }
  } finally {
    held.source?.close()
  }
}

/** Runs the steps over files that answer later. */
export async function* readLater<T>(
  steps: ReadSteps<T>,
  open: (path: string) => Promise<AsyncByteSource>,
): AsyncGenerator<T[], void, undefined> {
  const held: Held<AsyncByteSource> = {}
  const run = reading(steps, open, held)
  try {
    for (let step = run.next(); !step.done;) {
      const { value } = step
      if ('records' in value) yield value.records
      step = run.next('wanted' in value ? await value.wanted : undefined)
    }
  } finally {
    await held.source?.close()
  }
}

/** The file that is open. */
interface Held<S> {
  source?: S
}

/** Gives records, or what it has to be resumed with, there already or promised. One file is open at a time. */
function* reading<T, S extends ByteSource | AsyncByteSource>(
  steps: ReadSteps<T>,
  open: (path: string) => S | Promise<S>,
  held: Held<S>,
): Generator<RecordChunk<T> | { readonly wanted: unknown }, void, unknown> {
  let path: string | undefined
  for (let step = steps.next(noBytes); !step.done;) {
    const { value } = step
    if (value.kind === 'records') {
      yield value
      step = steps.next(noBytes)
      continue
    }
    if (path !== value.path) {
      const before = held.source
      delete held.source
      yield { wanted: before?.close() }
      held.source = (yield { wanted: open(value.path) }) as S
      path = value.path
    }
    step = steps.next((yield { wanted: held.source!.read(value.position, value.length) }) as Uint8Array)
  }
}
