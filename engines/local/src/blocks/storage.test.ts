import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StorageLevel } from '@dstream/core/engine'
import type { EngineEvent } from '@dstream/core/engine'
import type { ToWorker } from '../workers/protocol.ts'
import { Storage } from './storage.ts'

/** Storage of 100 bytes over two workers, with what it posts and tells. */
function setUp() {
  const posted: [worker: number, message: ToWorker][] = []
  const events: EngineEvent[] = []
  const storage = new Storage({
    memoryBytes: 100,
    workers: 2,
    post: (worker, message) => posted.push([worker, message]),
    emit: event => events.push(event),
    now: () => 1,
  })
  const reasons = (): string[] =>
    events.flatMap(e => (e.type === 'partitionEvicted' ? [`${e.nodeId}.${e.partition} ${e.reason}`] : []))
  return { storage, posted, reasons }
}

const { MEMORY_ONLY, MEMORY_AND_DISK, MEMORY_AND_DISK_SER } = StorageLevel
const live = (nodeId: number, size: number, partition = 0) => ({ nodeId, partition, size })
const file = { path: '/nowhere/block', start: 0, length: 7, checksum: 0 }

test('the least recently used partition makes room', () => {
  const { storage, posted, reasons } = setUp()
  storage.add(live(1, 40), 0, MEMORY_ONLY)
  storage.add(live(2, 40), 1, MEMORY_ONLY)
  storage.pin([{ nodeId: 1, partition: 0 }])
  storage.unpin([{ nodeId: 1, partition: 0 }])
  storage.add(live(3, 40), 0, MEMORY_ONLY)
  assert.deepEqual(reasons(), ['2.0 dropped'])
  assert.deepEqual(posted, [[1, { type: 'drop', nodeId: 2, partition: 0 }]])
  assert.equal(storage.usedBytes, 80)
  assert.equal(storage.locate(2, 0), undefined)
})

test('what a running task reads is not evicted, nor what its own dataset has kept: then the new one goes', () => {
  const { storage, reasons } = setUp()
  storage.add(live(1, 60), 0, MEMORY_ONLY)
  storage.pin([{ nodeId: 1, partition: 0 }])
  storage.add(live(2, 60), 0, MEMORY_ONLY)
  assert.deepEqual(reasons(), ['2.0 dropped'])
  storage.unpin([{ nodeId: 1, partition: 0 }])
  storage.add(live(1, 60, 1), 1, MEMORY_ONLY)
  assert.deepEqual(reasons(), ['2.0 dropped', '1.1 dropped'])
  assert.equal(storage.usedBytes, 60)
})

test('a level with a disk part is written by its worker, and stays readable in memory until it is', () => {
  const { storage, posted, reasons } = setUp()
  storage.add(live(1, 60), 1, MEMORY_AND_DISK)
  storage.add(live(2, 60), 0, MEMORY_ONLY)
  assert.deepEqual(posted, [[1, { type: 'spill', nodeId: 1, partition: 0 }]])
  assert.deepEqual([storage.usedBytes, storage.locate(1, 0)], [60, { worker: 1 }])
  storage.pin([{ nodeId: 1, partition: 0 }])
  storage.onSpilled(1, { type: 'spilled', nodeId: 1, partition: 0, stored: file })
  assert.deepEqual(storage.locate(1, 0), { bytes: file })
  assert.equal(posted.length, 1, 'the task still reads the heap')
  storage.unpin([{ nodeId: 1, partition: 0 }])
  assert.deepEqual(posted[1], [1, { type: 'drop', nodeId: 1, partition: 0 }])
  assert.deepEqual([reasons(), storage.usedBytes], [['1.0 spilled'], 60])
})

test('bytes are written by any worker, from shared memory', () => {
  const { storage, posted } = setUp()
  const bytes = new Uint8Array(new SharedArrayBuffer(80))
  storage.add({ nodeId: 1, partition: 3, bytes, size: 80 }, 0, MEMORY_AND_DISK_SER)
  storage.add(live(2, 60), 0, MEMORY_ONLY)
  assert.deepEqual(posted, [[1, { type: 'spill', nodeId: 1, partition: 3, bytes }]])
})

test('what cannot be written is dropped', () => {
  const { storage, reasons } = setUp()
  storage.add(live(1, 60), 0, MEMORY_AND_DISK)
  storage.add(live(2, 60), 0, MEMORY_ONLY)
  storage.onSpilled(0, { type: 'spilled', nodeId: 1, partition: 0 })
  assert.deepEqual([reasons(), storage.usedBytes, storage.locate(1, 0)], [['1.0 dropped'], 60, undefined])
})

test('a partition that was released or lost while it was being written stays gone', () => {
  const { storage, reasons } = setUp()
  storage.add(live(1, 60), 0, MEMORY_AND_DISK)
  storage.add(live(2, 60), 0, MEMORY_AND_DISK)
  storage.release(1)
  storage.onSpilled(0, { type: 'spilled', nodeId: 1, partition: 0, stored: file })
  assert.deepEqual([storage.locate(1, 0), storage.usedBytes], [undefined, 60])
  assert.equal(storage.loseWorker(0), 1)
  assert.deepEqual([reasons(), storage.usedBytes], [['1.0 released', '2.0 lost'], 0])
})

test('versions of keyed state are not storage: not counted, not evicted, not told', () => {
  const { storage, reasons } = setUp()
  for (let version = 1; version < 10; version++) storage.add({ nodeId: version, partition: 0 }, 0, undefined)
  storage.add(live(20, 90), 0, MEMORY_ONLY)
  storage.add(live(21, 90), 0, MEMORY_ONLY)
  assert.deepEqual([reasons(), storage.usedBytes], [['20.0 dropped'], 90])
  for (let version = 1; version < 10; version++) assert.deepEqual(storage.locate(version, 0), { worker: 0 })
})

test('of a partition that two jobs have computed, the second copy is dropped', () => {
  const { storage, posted } = setUp()
  storage.add(live(1, 10), 0, MEMORY_ONLY)
  storage.add(live(1, 10), 1, MEMORY_ONLY)
  assert.deepEqual([storage.locate(1, 0), storage.usedBytes], [{ worker: 0 }, 10])
  assert.deepEqual(posted, [[1, { type: 'drop', nodeId: 1, partition: 0 }]])
})
