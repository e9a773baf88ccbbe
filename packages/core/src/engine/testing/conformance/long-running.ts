import assert from 'node:assert/strict'
import { capture } from '../../../closures/index.ts'
import type { Engine, LongRunningContext, LongRunningHandle, LongRunningMessage } from '../../engine.ts'
import type { Facts } from './suite.ts'

interface Running {
  readonly handle: LongRunningHandle
  readonly messages: LongRunningMessage[]
  /** The messages once there are so many. */
  atLeast(count: number): Promise<LongRunningMessage[]>
  /** The error of the end, `undefined` when there was none. */
  readonly ended: Promise<unknown>
}

function launch(engine: Engine, f: (context: LongRunningContext) => unknown): Running {
  const messages: LongRunningMessage[] = []
  let waiting: { count: number; resolve: (messages: LongRunningMessage[]) => void } | undefined
  const tell = (): void => {
    if (waiting !== undefined && messages.length >= waiting.count) waiting.resolve(messages)
  }
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<unknown>()
  const handle = engine.launch({
    name: 'test task',
    f: capture(f, { operator: 'launch', async: 'allowed' }),
    onMessage: message => {
      messages.push(message)
      tell()
    },
    onEnd,
  })
  const atLeast = (count: number): Promise<LongRunningMessage[]> =>
    new Promise(resolve => {
      waiting = { count, resolve }
      tell()
    })
  return { handle, messages, atLeast, ended }
}

/** Tasks without an end: receivers. */
export const longRunningFacts: Facts = {
  'a task sends data in order, and ends without an error': async ({ context }) => {
    const task = launch(context.engine, ({ send }) => {
      for (let i = 0; i < 3; i++) send({ kind: 'data', data: [i, { at: new Date(i) }] })
    })
    assert.equal(await task.ended, undefined)
    assert.deepEqual(task.messages, [0, 1, 2].map(i => ({ kind: 'data', data: [i, { at: new Date(i) }] }))) // prettier-ignore
  },
  'a task that awaits lives until its promise settles, and answers the driver': async ({ context }) => {
    const task = launch(
      context.engine,
      running =>
        new Promise<void>(resolve => {
          running.onMessage(data => {
            running.send({ kind: 'data', data: [data] })
            if (data === 'end') resolve()
          })
          running.send({ kind: 'data', data: 'ready' })
        }),
    )
    await task.atLeast(1)
    task.handle.send({ n: 1 })
    task.handle.send('end')
    assert.equal(await task.ended, undefined)
    assert.deepEqual(task.messages.slice(1), [{ kind: 'data', data: [{ n: 1 }] }, { kind: 'data', data: ['end'] }]) // prettier-ignore
  },
  'a task that throws ends with its error': async ({ context }) => {
    const task = launch(context.engine, async () => {
      throw new TypeError('broken receiver')
    })
    const error = await task.ended
    assert.ok(error instanceof TypeError)
    assert.equal(error.message, 'broken receiver')
  },
  'blocks of shared bytes arrive, and a job reads them': async ({ context }) => {
    const task = launch(context.engine, ({ send }) => {
      const bytes = new Uint8Array(new SharedArrayBuffer(4))
      bytes.set([97, 10, 98, 10])
      send({ kind: 'block', block: { id: 'input-0-1', bytes, records: 2, format: 'lines' }, metadata: 7 })
    })
    await task.ended
    const [message] = task.messages
    assert.ok(message?.kind === 'block')
    assert.deepEqual([message.block.id, message.block.records, message.metadata], ['input-0-1', 2, 7])
    assert.deepEqual(await context.source({ kind: 'blocks', blocks: [message.block] }, 1).collect(), ['a', 'b'])
  },
  'a terminated task sends nothing more and ends once': async ({ context }) => {
    const task = launch(context.engine, running => {
      running.send({ kind: 'data', data: 'ready' })
      return new Promise(() => {})
    })
    await task.atLeast(1)
    await task.handle.terminate()
    await task.handle.terminate()
    await task.ended
    task.handle.send('nobody listens')
    assert.equal(task.messages.length, 1)
  },
  'a task takes no slot: jobs run beside more tasks than there are threads': async ({ fresh }) => {
    const context = await fresh({ threads: 1 })
    const tasks = [1, 2].map(() =>
      launch(context.engine, running => {
        running.send({ kind: 'data', data: 'ready' })
        return new Promise(() => {})
      }),
    )
    await Promise.all(tasks.map(task => task.atLeast(1)))
    assert.equal(await context.parallelize([1, 2, 3], 2).count(), 3)
    await context.engine.close()
    await Promise.all(tasks.map(task => task.ended))
  },
}
