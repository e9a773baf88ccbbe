import type { Closure } from '../../closures/index.ts'
import { RDD } from '../../rdd/rdd.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { DriverFunctions } from '../checkpoint/captured-driver.ts'
import { rddFrom } from '../checkpoint/rdd-content.ts'
import type { GraphContent, InputContent, OutputAction, StreamContent } from '../checkpoint/schema/index.ts'
import { ConstantInputDStream } from '../dstream/constant-input-dstream.ts'
import type { OutputFunction } from '../dstream/graph.ts'
import type { InputDStream } from '../dstream/input-dstream.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { DriverOperation, RddOperation } from '../dstream/plan/operation.ts'
import { ReceiverInputDStream } from '../dstream/receiver-input-dstream.ts'
import { puttingOutPartitions } from '../outputs/for-each-partition.ts'
import { printing } from '../outputs/print.ts'
import { savingAsObjects } from '../outputs/save-as-files.ts'
import { savingAsText } from '../outputs/save-as-text-files.ts'
import type { Receiver, ReceiverSpec } from '../receivers/index.ts'
import { FileInputDStream, type FormattedFileStreamOptions } from '../sources/file/index.ts'
import type { StreamingContext } from './streaming-context.ts'

/** Makes the streams and outputs of a checkpoint again, in a context that has none. */
export function rebuildGraph(ssc: StreamingContext, content: GraphContent, functions: DriverFunctions): void {
  const made = new Map<number, StreamNode>()
  const byId = new Map(content.nodes.map(node => [node.id, node]))
  for (const input of content.inputs) {
    const { operator, site } = byId.get(input.node)!
    const stream = ssc.graph.at(site, () => rebuildInput(ssc, operator, input, functions))
    made.set(input.node, stream.node)
  }
  for (const stream of content.nodes) {
    if (stream.detail.kind === 'input') continue
    made.set(
      stream.id,
      ssc.graph.at(stream.site, () => rebuildStream(ssc, stream, made, functions)),
    )
  }
  // What the user said, and what operators have said for him, last.
  for (const { id, key, explicit, level, checkpointMs } of content.nodes) {
    ssc.graph.restoreSettings(made.get(id)!, {
      ...(level !== undefined && { level: StorageLevel[level as keyof typeof StorageLevel] }),
      ...(checkpointMs !== undefined && { checkpointMs }),
      ...(explicit && { uid: key }),
    })
  }
  if (content.rememberMs !== undefined) ssc.graph.remember(content.rememberMs)
  for (const { operator, site, stream, action } of content.outputs) {
    const parent = made.get(stream)!
    const f = outputOf(ssc, action, functions, parent.slideMs)
    const named = action.kind === 'driver' ? {} : { action }
    ssc.graph.at(site, () => ssc.graph.addOutput({ operator, parent, f, ...named }))
  }
}

function rebuildInput(
  ssc: StreamingContext,
  operator: string,
  { source }: InputContent,
  functions: DriverFunctions,
): InputDStream<unknown> {
  switch (source.kind) {
    case 'files': {
      const { directory, ignoreUpToMs, filter, read, format } = source
      const own = format && functions.restoreResult<FormattedFileStreamOptions<unknown, unknown>>(format)
      const given = { ...own, ...(filter && { filter: functions.restore<(path: string) => boolean>(filter) }) }
      return new FileInputDStream<unknown>(ssc, operator, directory, given, { ignoreUpToMs, ...(read && { read }) })
    }
    case 'receiver': {
      const { receiver: name, level, thread, make } = source
      const storageLevel = StorageLevel[level as keyof typeof StorageLevel]
      const where: ReceiverSpec['where'] =
        thread === 'own'
          ? { thread, make }
          : { thread, receiver: functions.restoreResult<Receiver<never>>(make as Closure) }
      return new ReceiverInputDStream<unknown>(ssc, operator, { name, storageLevel, where })
    }
    case 'constant':
      return new ConstantInputDStream(ssc, new RDD<unknown>(ssc.sparkContext, rddFrom(ssc.sparkContext, source.rdd)))
    case 'custom':
      return adopt(ssc, operator, functions.restoreResult<InputDStream<unknown>>(source.instance))
    case 'queue':
    case 'none':
      throw new Error(`An input of kind ${source.kind} cannot be made again`)
  }
}

/** An instance that came without its constructor having been called. */
function adopt(ssc: StreamingContext, operator: string, input: InputDStream<unknown>): InputDStream<unknown> {
  const node = ssc.graph.newInput(operator)
  const fields = { context: ssc, node, id: ssc.graph.bindInput(input) }
  for (const [name, value] of Object.entries(fields))
    Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
  return input
}

function rebuildStream(
  ssc: StreamingContext,
  { operator, parents, slideMs, detail }: StreamContent,
  made: ReadonlyMap<number, StreamNode>,
  functions: DriverFunctions,
): StreamNode {
  const common = { operator, slideMs, parents: parents.map(parent => made.get(parent)!) }
  switch (detail.kind) {
    case 'transformed': {
      const operation: RddOperation =
        detail.operation.kind === 'named'
          ? detail.operation
          : { kind: 'driver', f: functions.restore(detail.operation.f!) as DriverOperation['f'] }
      return ssc.graph.make({ ...common, ...detail, operation })
    }
    case 'state': {
      const { initial, ...rest } = detail
      return ssc.graph.make({ ...common, ...rest, ...(initial && { initial: rddFrom(ssc.sparkContext, initial) }) })
    }
    case 'window':
    case 'reducedWindow':
      return ssc.graph.make({ ...common, ...detail })
    case 'input':
      throw new Error('Inputs are made before')
  }
}

function outputOf(
  ssc: StreamingContext,
  action: OutputAction,
  functions: DriverFunctions,
  slideMs: number,
): OutputFunction {
  switch (action.kind) {
    case 'print':
      return printing(action.num, text => ssc.write(text))
    case 'saveAsTextFiles':
      return savingAsText(action.prefix, action.suffix)
    case 'saveAsObjectFiles':
      return savingAsObjects(action.prefix, action.suffix)
    case 'partitions':
      return puttingOutPartitions(action, slideMs)
    case 'driver':
      return functions.restore(action.f!) as OutputFunction
  }
}
