/** The program of the thread of one long-running task. */
import { parentPort, workerData } from 'node:worker_threads'
import { Instantiator, errorToData } from '@dstream/core/engine'
import type { LongRunningContext, TaskFunction } from '@dstream/core/engine'

/** What the thread is started with. */
export interface LongRunningSettings {
  readonly preload: readonly string[]
  readonly f: TaskFunction
}

const port = parentPort!
const { preload, f } = workerData as LongRunningSettings

const context: LongRunningContext = {
  send: message => port.postMessage({ type: 'message', message }),
  onMessage: listener => void port.on('message', listener),
}

try {
  for (const module of preload) await import(module)
  const instantiator = new Instantiator()
  await instantiator.prepare([f])
  await instantiator.instantiate(f)(context as never)
  port.postMessage({ type: 'ended' })
} catch (error) {
  port.postMessage({ type: 'failed', error: errorToData(error) })
}
port.close()
