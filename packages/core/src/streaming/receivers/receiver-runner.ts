import { builtin } from '../../closures/builtins.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import type { Engine, LongRunningMessage } from '../../engine/engine.ts'
import type { Clock } from '../../time/clock.ts'
import { receiverModule } from './builtins.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './protocol.ts'
import type { ReceiverSpec } from './receiver-spec.ts'
import type { Receiver } from './receiver.ts'
import { ReceiverSupervisor } from './receiver-supervisor.ts'

/** A receiver that runs somewhere. */
export interface RunningReceiver {
  send(message: ToReceiver): void
  /** Ends it at once, whatever it is doing. */
  terminate(): Promise<void>
}

export interface RunnerOptions {
  readonly engine: Pick<Engine, 'launch'>
  readonly clock: Clock
  readonly onMessage: (message: FromReceiver) => void
  /** The place it ran in is gone: with the error, if that is why. */
  readonly onEnd: (error: unknown) => void
}

/** Starts a receiver: on a thread of its own, or here. */
export function runSomewhere(spec: ReceiverSpec, settings: ReceiverSettings, options: RunnerOptions): RunningReceiver {
  return spec.where.thread === 'own'
    ? launched(spec.name, spec.where.make, settings, options)
    : here(spec.where.receiver, settings, options)
}

function launched(
  name: string,
  make: TaskFunction,
  settings: ReceiverSettings,
  options: RunnerOptions,
): RunningReceiver {
  const handle = options.engine.launch({
    name: `${name}-${settings.streamId}`,
    f: builtin('runReceiver', [make], [settings]),
    modules: [receiverModule],
    onMessage: message => options.onMessage(fromThread(message)),
    onEnd: options.onEnd,
  })
  return { send: message => handle.send(message), terminate: () => handle.terminate() }
}

function fromThread(message: LongRunningMessage): FromReceiver {
  if (message.kind === 'data') return message.data as FromReceiver
  return { type: 'block', number: (message.metadata as { number: number }).number, block: message.block }
}

function here(receiver: Receiver<never>, settings: ReceiverSettings, options: RunnerOptions): RunningReceiver {
  let gone = false
  const end = (): void => {
    if (gone) return
    gone = true
    options.onEnd(undefined)
  }
  const supervisor = new ReceiverSupervisor(
    receiver,
    settings,
    options.clock,
    message => gone || options.onMessage(message),
  )
  void supervisor.ended.then(end)
  supervisor.start()
  return {
    send: message => supervisor.onMessage(message),
    terminate: async () => end(),
  }
}
