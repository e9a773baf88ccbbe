import { builtin } from '../../closures/builtins.ts'
import { capture } from '../../closures/capture.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { ByteConverter } from '../sources/socket/socket-receiver.ts'
import type { Receiver } from './receiver.ts'

/** A receiver as the driver holds it. */
export interface ReceiverSpec {
  /** The name of its class. */
  readonly name: string
  readonly storageLevel: StorageLevel
  /** Made in a thread of its own by a function that travels there, or alive in the driver. */
  readonly where:
    | { readonly thread: 'own'; readonly make: TaskFunction }
    | { readonly thread: 'main'; readonly receiver: Receiver<never> }
}

/** How a receiver is run. */
export interface ReceiverOptions {
  /**
   * `own` (the default): on a thread of its own, where a copy of the instance arrives. `main`: this instance, in the driver: for what only lives
   * there, an HTTP server for example; what it does takes time from the driver.
   */
  readonly thread?: 'own' | 'main'
}

/**
 * A custom receiver; `ssc.receiverStream(receiver)`.
 * @throws TaskNotSerializableError when the instance holds what cannot travel, and it shall run on a thread of its own
 */
export function customReceiver(receiver: Receiver<never>, options: ReceiverOptions = {}): ReceiverSpec {
  const { storageLevel } = receiver
  const name = receiver.constructor.name
  if (options.thread === 'main') return { name, storageLevel, where: { thread: 'main', receiver } }
  const make = capture(() => receiver, { operator: 'receiverStream', async: 'refused' })
  return { name, storageLevel, where: { thread: 'own', make } }
}

/**
 * Lines of text from a TCP server; `ssc.socketTextStream(host, port)`.
 * @param maxLineBytes a longer line is cut off there and counted: `spark.dstream.socket.maxLineBytes`
 */
export function socketTextReceiver(
  host: string,
  port: number,
  maxLineBytes: number,
  storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
): ReceiverSpec {
  const make = builtin('socketTextReceiver', [], [host, port, maxLineBytes])
  return { name: 'SocketReceiver', storageLevel, where: { thread: 'own', make } }
}

/** Records made of the bytes from a TCP server by a task function; `ssc.socketStream(host, port, converter)`. */
export function socketReceiver<T>(
  host: string,
  port: number,
  convert: ByteConverter<T>,
  storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
): ReceiverSpec {
  const make = builtin(
    'socketReceiver',
    [capture(convert, { operator: 'socketStream', async: 'allowed' })],
    [host, port],
  )
  return { name: 'SocketReceiver', storageLevel, where: { thread: 'own', make } }
}

/** Records of blocks that a TCP server sends; `ssc.rawSocketStream(host, port)`. */
export function rawSocketReceiver(
  host: string,
  port: number,
  storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
): ReceiverSpec {
  const make = builtin('socketReceiver', [builtin('rawBlocks')], [host, port])
  return { name: 'RawNetworkReceiver', storageLevel, where: { thread: 'own', make } }
}
