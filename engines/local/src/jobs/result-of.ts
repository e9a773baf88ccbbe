import { decodeRecords } from '@dstream/core/engine'
import type { TaskResult } from '../workers/protocol.ts'

/** What the driver is given of a task's result. */
export function resultOf(result: TaskResult): unknown {
  switch (result.kind) {
    case 'records':
      return decodeRecords(result.bytes)
    case 'value':
      return decodeRecords(result.bytes)[0]
    case 'count':
      return result.count
    case 'shuffle':
      return undefined
  }
}
