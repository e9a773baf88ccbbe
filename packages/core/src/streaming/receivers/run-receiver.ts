import { isMainThread } from 'node:worker_threads'
import type { LongRunningContext } from '../../engine/engine.ts'
import { SystemClock } from '../../time/system-clock.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './protocol.ts'
import { ReceiverSupervisor } from './receiver-supervisor.ts'
import type { Receiver } from './receiver.ts'

/**
 * The program of a receiver's thread: runs it until it has stopped for good. Blocks go to the driver as shared memory, everything else as
 * plain data. What the receiver throws where nobody catches it (a timer, a socket's event, a rejected promise) restarts it; what it had
 * stored is kept.
 */
export async function runReceiver(
  receiver: Receiver<never>,
  settings: ReceiverSettings,
  context: LongRunningContext,
): Promise<void> {
  const send = (message: FromReceiver): void => {
    if (message.type === 'block')
      context.send({ kind: 'block', block: message.block, metadata: { number: message.number } })
    else context.send({ kind: 'data', data: message })
  }
  const supervisor = new ReceiverSupervisor(receiver, settings, new SystemClock(), send)
  context.onMessage(data => supervisor.onMessage(data as ToReceiver))
  const onUncaught = (error: unknown): void => {
    if (supervisor.started) supervisor.restart('Uncaught error in the receiver', error, undefined)
    else supervisor.reportError('Uncaught error in the receiver', error)
  }
  // In a thread of its own the process's event is the thread's; in the driver it would be the program's.
  if (!isMainThread) process.on('uncaughtException', onUncaught)
  supervisor.start()
  await supervisor.ended
  process.off('uncaughtException', onUncaught)
}
