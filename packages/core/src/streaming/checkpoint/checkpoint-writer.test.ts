import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../logging/index.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import type { EncodedPlan, ProgressContent } from './schema/index.ts'

const plan: EncodedPlan = { text: '{' }

/** A writer whose checkpoints are of the batch time that it is at. */
function newWriter(onWritten: () => void) {
  const written: number[] = []
  let batchMs = 0
  const writer = new CheckpointWriter({
    write: async timeMs => {
      written.push(timeMs)
      onWritten()
    },
    plan: () => plan,
    progress: () => ({ zeroMs: 0, batchMs, pending: [], saved: [], inputs: [], accumulators: [] }) as unknown as ProgressContent, // prettier-ignore
    logger: silentLog.logger(''),
    onForgotten: () => {},
    onNotWritten: () => {},
    onFenced: () => {},
  })
  const request = (timeMs: number): void => {
    batchMs = timeMs
    writer.request()
  }
  return { writer, written, request }
}

test('a checkpoint that is asked for at the very moment when another has been written is written too', async () => {
  for (let turns = 0; turns < 20; turns++) {
    const ended = Promise.withResolvers<void>()
    const { writer, written, request } = newWriter(() => ended.resolve())
    request(1000)
    await ended.promise
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    request(2000)
    await writer.settled()
    assert.deepEqual(written, [1000, 2000], `asked for ${turns} turns later`)
  }
})

test('while no checkpoint can be written, however long, no more than two numbers of checkpoints are in use', async () => {
  const inUse = new Set<number>()
  let writing = Promise.withResolvers<void>()
  const writer = new CheckpointWriter({
    write: () => writing.promise,
    plan: () => plan,
    progress: sequence => {
      inUse.add(sequence)
      return { zeroMs: 0, batchMs: 0, pending: [], saved: [], inputs: [], accumulators: [] } as unknown as ProgressContent // prettier-ignore
    },
    logger: silentLog.logger(''),
    onForgotten: () => {},
    onNotWritten: sequence => inUse.delete(sequence),
    onFenced: () => {},
  })
  for (let batch = 0; batch < 100; batch++) {
    for (let i = 0; i < 3; i++) {
      writer.request()
      await new Promise(resolve => setImmediate(resolve))
    }
    assert.ok(inUse.size <= 2, `${inUse.size} numbers after ${batch} batches`)
    writing.reject(new Error('no space'))
    writing = Promise.withResolvers()
  }
  writing.reject(new Error('no space'))
  await writer.settled()
  assert.deepEqual([...inUse], [])
})
