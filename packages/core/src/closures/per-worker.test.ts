import assert from 'node:assert/strict'
import { test } from 'node:test'
import { perWorker } from './index.ts'
import { replacePerWorkerTimers } from './per-worker.ts'

test('perWorker keeps one value per key, closes it when idle, and makes a new one after', async () => {
  let now = 0
  const due: { at: number; f: () => void }[] = []
  const set = (f: () => void, ms: number): NodeJS.Timeout => {
    due.push({ at: now + ms, f })
    return due.length as never
  }
  const restore = replacePerWorkerTimers({ now: () => now, set, clear: () => undefined })
  const advance = (to: number): void => {
    now = to
    for (const { f } of due.splice(0).filter(d => (d.at <= to ? true : !due.push(d)))) f()
  }
  try {
    const closed: unknown[] = []
    let made = 0
    const pool = (): Promise<number> =>
      perWorker('test pool', async () => ++made, { idle: { milliseconds: 100 }, close: v => closed.push(v) })
    assert.equal(pool(), pool())
    advance(60)
    assert.equal(await pool(), 1)
    advance(120)
    assert.equal(await pool(), 1, 'used at 60, so not idle for 100 ms at 120')
    advance(230)
    await Promise.resolve()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(closed, [1])
    assert.equal(await pool(), 2)
  } finally {
    restore()
  }
})

test('perWorker forgets a value whose promise rejects', async () => {
  let tries = 0
  const connect = (): Promise<number> =>
    perWorker('test connect', () => (++tries === 1 ? Promise.reject(new Error('down')) : Promise.resolve(tries)))
  await assert.rejects(connect(), /down/)
  assert.equal(await connect(), 2)
})
