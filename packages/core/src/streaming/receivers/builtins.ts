import { registerBuiltins } from '../../closures/builtins.ts'
import type { LongRunningContext } from '../../engine/engine.ts'
import { recordsOfRawBlocks } from '../sources/socket/raw-blocks.ts'
import { SocketReceiver } from '../sources/socket/socket-receiver.ts'
import { SocketTextReceiver } from '../sources/socket/socket-text-receiver.ts'
import type { ReceiverSettings } from './protocol.ts'
import type { Receiver } from './receiver.ts'
import { runReceiver } from './run-receiver.ts'

/** This module: what receivers' threads load first. */
export const receiverModule: string = import.meta.url

/** What receivers' threads are given by name: the program, and the receivers of this project. */
registerBuiltins({
  runReceiver:
    ([make], [settings]) =>
    (context: LongRunningContext) =>
      runReceiver((make as () => Receiver<never>)(), settings as ReceiverSettings, context),
  socketTextReceiver:
    (_, [host, port, maxLineBytes]) =>
    () =>
      new SocketTextReceiver(host as string, port as number, maxLineBytes as number),
  rawBlocks: () => recordsOfRawBlocks,
  socketReceiver:
    ([convert], [host, port]) =>
    () =>
      new SocketReceiver(host as string, port as number, convert as never),
})
