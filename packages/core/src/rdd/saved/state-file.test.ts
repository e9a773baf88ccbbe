import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyHash } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { crc32c, MemoryFileSystem } from '../../storage/index.ts'
import { writeSavedFile } from './saved-file.ts'
import {
  encodedFrame,
  StateFile,
  stateFileVersion,
  writeStateFile,
  type EncodedFrame,
  type StateFileHead,
  type StateFrame,
} from './state-file.ts'

const path = '/state/part-00000'

const put = (pairs: readonly (readonly [unknown, unknown])[], updatedMs: number[] = []): StateFrame => ({
  kind: 'put',
  keys: pairs.map(([key]) => key),
  hashes: Int32Array.from(pairs, ([key]) => keyHash(key)),
  states: pairs.map(([, state]) => state),
  updatedMs,
})
const removed = (keys: unknown[]): StateFrame => ({ kind: 'removed', keys })

async function written(head: StateFileHead, frames: readonly StateFrame[]): Promise<Buffer> {
  const store = new MemoryFileSystem()
  const { bytes, checksum } = await writeStateFile(
    store,
    path,
    head,
    frames.map(frame => encodedFrame(frame, head.timed)),
  )
  const reader = await store.open(path)
  const content = Buffer.from(await reader.read(0, reader.length))
  assert.equal(content.length, bytes)
  const file = read(content)
  framesOf(file)
  assert.equal(file.checksum, checksum)
  return content
}

/** In memory of its own, as files are read. */
const read = (bytes: Uint8Array): StateFile => new StateFile(Buffer.from(Uint8Array.from(bytes).buffer), path)
const framesOf = (file: StateFile): unknown[] =>
  [...file.frames()].map(frame =>
    frame.kind === 'removed' ? frame : { ...frame, hashes: [...frame.hashes], updatedMs: Array.from(frame.updatedMs) },
  )
const small = (): Promise<Buffer> =>
  written({ timeMs: 2000, timed: true, base: { timeMs: 1000, checksum: 7 } }, [
    put([['a', 1], ['b', { n: [2] }]], [1500, 2000]), // prettier-ignore
    removed(['c', 4]),
  ])

test('what is written is read again, whatever keys and states are', () => {
  const value = fc.anything({ withBigInt: true, withDate: true })
  const frame = fc.oneof(
    fc.array(fc.tuple(fc.string(), value)).map(pairs => put(pairs, pairs.map((_, i) => i))), // prettier-ignore
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.tuple(fc.string(), fc.integer()))).map(removed),
  )
  return fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 4 }), fc.boolean(), async (frames, timed) => {
      const file = read(await written({ timeMs: 5, timed }, frames))
      assert.deepEqual(file.head, { timeMs: 5, timed })
      const expected = frames.map(frame =>
        frame.kind === 'removed'
          ? frame
          : { ...frame, hashes: [...frame.hashes], updatedMs: timed ? frame.updatedMs : [] },
      )
      assert.deepEqual(framesOf(file), expected)
    }),
    { numRuns: 50 },
  )
})

test('a file that is cut off at any byte, or has any bit changed, is refused', async () => {
  const whole = await small()
  assert.deepEqual(read(whole).head.base, { timeMs: 1000, checksum: 7 })
  for (let at = 0; at < whole.length; at++) {
    assert.throws(() => framesOf(read(whole.subarray(0, at))), { code: 'CORRUPT_CHECKPOINT' }, `cut at ${at}`)
    for (let bit = 0; bit < 8; bit++) {
      const changed = Uint8Array.from(whole)
      changed[at]! ^= 1 << bit
      assert.throws(() => framesOf(read(changed)), { code: 'CORRUPT_CHECKPOINT' }, `bit ${bit} of byte ${at}`)
    }
  }
  assert.throws(() => framesOf(read(Buffer.concat([whole, Buffer.alloc(8)]))), /bytes behind its end/)
})

test('bytes that never were such a file are refused, also where checksums fit: nothing is allocated by a length', async () => {
  const whole = await small()
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 16 }), (at, garbage) => {
      const changed = Buffer.from(whole)
      changed.set(garbage.subarray(0, whole.length - at), at)
      withRightChecksums(changed)
      try {
        framesOf(read(changed))
      } catch (error) {
        assert.ok(error instanceof DStreamError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), garbage => {
      assert.throws(() => framesOf(read(garbage)), { code: 'CORRUPT_CHECKPOINT' })
    }),
  )
})

/** As one who forges a file would. */
function withRightChecksums(bytes: Buffer): void {
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 36)), 36)
  for (let at = 40; at + 16 <= bytes.length;) {
    const end = at + 16 + bytes.readUInt32LE(at)
    if (end > bytes.length) return
    bytes.writeUInt32LE(crc32c(bytes.subarray(at + 16, end), crc32c(bytes.subarray(at, at + 12))), at + 12)
    at = end
  }
}

test('a file of a later version is no broken file', async () => {
  const bytes = await small()
  bytes.writeUInt16LE(stateFileVersion + 1, 8)
  withRightChecksums(bytes)
  assert.throws(() => read(bytes), { code: 'FORMAT_TOO_NEW' })
})

test('frames that fail to be made leave no file', async () => {
  const store = new MemoryFileSystem()
  const frames = function* () {
    yield put([['a', 1]])
    throw new Error('no more')
  }
  await assert.rejects(writeStateFile(store, path, { timeMs: 1, timed: false }, encoded(frames())), /no more/)
  await assert.rejects(writeStateFile(store, path, { timeMs: 1, timed: false }, encoded([put([['a', () => 1]])])))
  assert.equal(await store.stat(path), undefined)
})

test('where what was written cannot be removed either, the first error is the one that is told', async () => {
  const memory = new MemoryFileSystem()
  const store = {
    createWriter: async (path: string) => {
      const writer = await memory.createWriter(path)
      const fail = (what: string) => () => Promise.reject(new Error(what))
      return { write: (bytes: Uint8Array) => writer.write(bytes), commit: fail('full'), discard: fail('also broken') }
    },
  } as unknown as MemoryFileSystem
  await assert.rejects(writeStateFile(store, path, { timeMs: 1, timed: false }, []), /full/)
  await assert.rejects(writeSavedFile(store, path, []), /full/)
})

function* encoded(frames: Iterable<StateFrame>): Generator<EncodedFrame> {
  for (const frame of frames) yield encodedFrame(frame, false)
}
