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
  let file: { readonly path: string; readonly source: ByteSource } | undefined
  try {
    for (let step = steps.next(noBytes); !step.done;) {
      const { value } = step
      if (value.kind === 'records') {
        yield value.records
        step = steps.next(noBytes)
        continue
      }
      if (file?.path !== value.path) {
        file?.source.close()
        file = undefined
        file = { path: value.path, source: open(value.path) }
      }
      step = steps.next(file.source.read(value.position, value.length))
    }
  } finally {
    file?.source.close()
  }
}

/** Runs the steps over files that answer later. */
export async function* readLater<T>(
  steps: ReadSteps<T>,
  open: (path: string) => Promise<AsyncByteSource>,
): AsyncGenerator<T[], void, undefined> {
  let file: { readonly path: string; readonly source: AsyncByteSource } | undefined
  try {
    for (let step = steps.next(noBytes); !step.done;) {
      const { value } = step
      if (value.kind === 'records') {
        yield value.records
        step = steps.next(noBytes)
        continue
      }
      if (file?.path !== value.path) {
        await file?.source.close()
        file = undefined
        file = { path: value.path, source: await open(value.path) }
      }
      step = steps.next(await file.source.read(value.position, value.length))
    }
  } finally {
    await file?.source.close()
  }
}
