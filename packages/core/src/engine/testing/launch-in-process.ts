import type { Instantiator } from '../../closures/index.ts'
import type { LongRunningContext, LongRunningHandle, LongRunningTask } from '../engine.ts'

/** Runs a long-running task on the driver's thread: good enough where it awaits, as receivers do. */
export function launchInProcess(task: LongRunningTask, instantiator: Instantiator): LongRunningHandle {
  const listeners = new Set<(data: unknown) => void>()
  let ended = false
  const end = (error: unknown): void => {
    if (ended) return
    ended = true
    task.onEnd(error)
  }
  const context: LongRunningContext = {
    send: message => {
      if (!ended) task.onMessage(structuredClone(message))
    },
    onMessage: listener => void listeners.add(listener),
  }
  const run = async (): Promise<unknown> => {
    await instantiator.prepare([task.f])
    return (instantiator.instantiate(task.f) as (context: LongRunningContext) => unknown)(context)
  }
  run().then(() => end(undefined), end)
  return {
    send: data => {
      const copy: unknown = structuredClone(data)
      queueMicrotask(() => listeners.forEach(listener => !ended && listener(copy)))
    },
    terminate: async () => end(undefined),
  }
}
