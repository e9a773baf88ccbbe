import { registerHandles } from '../../closures/protocol.ts'
import { TaskContext } from '../task-context.ts'
import type { AccumulatorV2 } from './accumulator-v2.ts'
import { copyForTask, encodeUpdate } from './registration.ts'

/** What a task has added to one accumulator. */
export interface AccumulatorUpdate {
  /** By which the driver finds the accumulator. */
  readonly key: string
  readonly name?: string
  /** The task's copy, encoded. */
  readonly bytes: Uint8Array
}

interface InTask {
  readonly name: string | undefined
  readonly accumulator: AccumulatorV2<never, unknown>
}

/** One for the thread, even where this module was loaded twice. */
const place = Symbol.for('dstream.taskAccumulators')
const holder = globalThis as { [place]?: WeakMap<TaskContext, Map<string, InTask>> }
const byTask = (holder[place] ??= new WeakMap())

/** How an accumulator arrives where tasks run. */
type Arrived = readonly [
  key: string,
  name: string | undefined,
  constructor: unknown,
  /** The empty copy of a class of the user. */
  state: Uint8Array | undefined,
]

/**
 * The copy of the task in which this is called: the same one for all its functions. A class that captures an accumulator is made outside of
 * tasks, once for the worker: what it gets finds the task's copy at each use.
 */
function accumulatorInTask(...arrived: Arrived): AccumulatorV2<never, unknown> {
  const task = TaskContext.get()
  if (task !== undefined) return copyOf(task, arrived)
  const [, , constructor, state] = arrived
  const nobodys = copyForTask(constructor, state)
  const current = (): AccumulatorV2<never, unknown> => {
    const running = TaskContext.get()
    return running === undefined ? nobodys : copyOf(running, arrived)
  }
  return new Proxy(nobodys, {
    get(_, property) {
      const copy = current()
      const value: unknown = Reflect.get(copy, property, copy)
      return typeof value === 'function' ? (value.bind(copy) as unknown) : value
    },
    set: (_, property, value) => Reflect.set(current(), property, value),
  })
}

function copyOf(task: TaskContext, [key, name, constructor, state]: Arrived): AccumulatorV2<never, unknown> {
  let copies = byTask.get(task)
  if (copies === undefined) byTask.set(task, (copies = new Map<string, InTask>()))
  let copy = copies.get(key)
  if (copy === undefined) copies.set(key, (copy = { name, accumulator: copyForTask(constructor, state) }))
  return copy.accumulator
}

/** What the task in which this is called has added up: for engines, which call it when a task has succeeded, still inside of it. */
export function accumulatorUpdates(): readonly AccumulatorUpdate[] {
  const task = TaskContext.get()
  const all = task && byTask.get(task)
  if (all === undefined) return []
  return [...all].flatMap(([key, { name, accumulator }]) => {
    const bytes = encodeUpdate(accumulator)
    return bytes === undefined ? [] : [{ key, bytes, ...(name === undefined ? {} : { name }) }]
  })
}

registerHandles({ accumulator: accumulatorInTask }, { perTask: true })
