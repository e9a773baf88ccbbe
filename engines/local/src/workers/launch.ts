import { Worker } from 'node:worker_threads'
import { errorFromData } from '@dstream/core/engine'
import type { ErrorData, LongRunningHandle, LongRunningMessage, LongRunningTask } from '@dstream/core/engine'
import type { LongRunningSettings } from './long-running-worker.ts'
import type { AddBroadcast } from './protocol.ts'
import { threadProgram } from './thread-program.ts'

type FromLongRunning =
  | { readonly type: 'message'; readonly message: LongRunningMessage }
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: ErrorData }

/** Starts a long-running task on a thread of its own. It can read the broadcast values that there are now. */
export function launch(
  task: LongRunningTask,
  preload: readonly string[],
  broadcasts: readonly AddBroadcast[],
): LongRunningHandle {
  const settings: LongRunningSettings = { preload: [...preload, ...(task.modules ?? [])], f: task.f, broadcasts }
  const thread = new Worker(threadProgram('long-running-worker', import.meta.url), {
    name: task.name,
    workerData: settings,
  })
  let ended = false
  const end = (error: unknown): void => {
    if (ended) return
    ended = true
    task.onEnd(error)
  }
  thread.on('message', (message: FromLongRunning) => {
    if (message.type === 'message') task.onMessage(message.message)
    else end(message.type === 'failed' ? errorFromData(message.error) : undefined)
  })
  thread.on('error', end)
  thread.on('exit', code => end(new Error(`The thread of ${task.name} ended with exit code ${code}`)))
  return {
    send: data => thread.postMessage(data),
    terminate: async () => {
      await thread.terminate()
      end(undefined)
    },
  }
}
