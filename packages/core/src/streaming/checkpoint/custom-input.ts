import type { InputDStream } from '../dstream/input-dstream.ts'
import type { CaptureDriver } from './describe-graph.ts'
import type { InputSourceContent } from './schema/index.ts'

/** An input stream of one's own, for a checkpoint: its instance, whose context stays behind. */
export function describeCustom(input: InputDStream<unknown>, captureDriver: CaptureDriver): InputSourceContent {
  const instance = captureDriver(() => input, input.node.operator, input.node.site, input)
  return instance === undefined ? { kind: 'none' } : { kind: 'custom', instance }
}
