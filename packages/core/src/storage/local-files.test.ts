import assert from 'node:assert/strict'
import type { FileHandle } from 'node:fs/promises'
import { test } from 'node:test'
import { LocalReader, writeAll } from './local-files.ts'

/** More than one call of Node may be given. Memory that nothing touches is not taken. */
const length = 2 ** 31 + 5

/** A file that reads and writes as much as it is asked to, and notes what that was. */
function noted(): {
  readonly handle: FileHandle
  readonly calls: (readonly [offset: number, length: number, position: number])[]
} {
  const calls: [number, number, number][] = []
  const io = (_: Uint8Array, offset: number, length: number, position: number) => {
    calls.push([offset, length, position])
    return Promise.resolve({ bytesRead: length, bytesWritten: length })
  }
  return { handle: { read: io, write: io } as unknown as FileHandle, calls }
}

const inPieces = [
  [0, 2 ** 30, 7],
  [2 ** 30, 2 ** 30, 7 + 2 ** 30],
  [2 ** 31, 5, 7 + 2 ** 31],
]

test('a file of 2 GiB and more is read in pieces: one call for all of it would end the process', async () => {
  const { handle, calls } = noted()
  assert.equal(await new LocalReader(handle, '/big', length).readInto(new Uint8Array(length), 7), length)
  assert.deepEqual(calls, inPieces)
})

test('2 GiB and more are written in pieces', async () => {
  const { handle, calls } = noted()
  await writeAll(handle, new Uint8Array(length), 7)
  assert.deepEqual(calls, inPieces)
})
