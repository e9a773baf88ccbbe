/**
 * A class (or an object) that must not travel says so under this symbol, with the reason as a sentence that follows its name:
 * `static readonly [refusesToTravel] = 'lives in the driver: tasks cannot use an RDD'`. A hint may follow after a line break.
 */
export const refusesToTravel: unique symbol = Symbol.for('dstream.refusesToTravel') as never

/**
 * An object that travels as a name and some data instead of by value (broadcast variables, accumulators, `perWorker`) says how under this symbol:
 * `[travelsAs]() { return { name: 'broadcast', data: [this.id] } }`. What arrives is what `registerHandles` made for that name:
 * `registerHandles({ broadcast: id => readBroadcast(id) })`, called at module load in the driver and in every worker.
 */
export const travelsAs: unique symbol = Symbol.for('dstream.travelsAs') as never

/** What a `[travelsAs]` method answers. `data` is captured like any other value. */
export interface Handle {
  readonly name: string
  readonly data: readonly unknown[]
}

const makers = new Map<string, (...data: never[]) => unknown>()
const perTask = new Set<string>()

/**
 * Says what arrives for a handle's name. One maker for a name: a second one replaces the first. What it makes may serve many tasks, unless
 * `perTask` asks for a call in each of them.
 */
export function registerHandles(
  handles: Readonly<Record<string, (...data: never[]) => unknown>>,
  options: { readonly perTask?: boolean } = {},
): void {
  for (const [name, make] of Object.entries(handles)) {
    makers.set(name, make)
    if (options.perTask === true) perTask.add(name)
    else perTask.delete(name)
  }
}

/** Whether each task is to have its own of what arrives for this name. */
export const isPerTask = (name: string): boolean => perTask.has(name)

/** The maker registered for a name. */
export function handleMaker(name: string): ((...data: never[]) => unknown) | undefined {
  return makers.get(name)
}

/** The handle that an object or function wants to travel as, if it does. */
export function handleOf(value: object): Handle | undefined {
  const method: unknown = (value as { [travelsAs]?: unknown })[travelsAs]
  return typeof method === 'function' ? (method.call(value) as Handle) : undefined
}
