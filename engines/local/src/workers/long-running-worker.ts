/** The program of the thread of one long-running task. */
import { parentPort, workerData } from 'node:worker_threads'
import { Instantiator, broadcastTable, errorToData } from '@dstream/core/engine'
import type { LongRunningContext, TaskFunction } from '@dstream/core/engine'
import type { AddBroadcast } from './protocol.ts'

/** What the thread is started with. */
export interface LongRunningSettings {
  readonly preload: readonly string[]
  readonly f: TaskFunction
  readonly broadcasts: readonly AddBroadcast[]
}

const port = parentPort!
const { preload, f, broadcasts } = workerData as LongRunningSettings
for (const { key, bytes } of broadcasts) broadcastTable.add(key, bytes)

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
