import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { heapUse } from './heap.ts'

/** What there is of everything that could grow. Undefined: this system does not tell. */
export interface Measured {
  /**
   * Memory of the process, all threads, as the system sees it. V8 keeps pages of what it had set aside for new objects and gave up: so this goes up in
   * steps, until the threads have been at their largest.
   */
  readonly rss: number
  /** What is set aside for new objects, in all threads: most of `rss`. V8 finds its size, whatever the program holds. */
  readonly young: number
  /** The main thread's heap, garbage collected. */
  readonly heap: number
  /** What V8 has compiled there: more as more of the program has become hot. */
  readonly code: number
  /** Array buffers, shared ones included, and what else V8 knows of outside of its heap. */
  readonly external: number
  readonly handles: number | undefined
  readonly threads: number | undefined
  readonly timers: number
  /** Listeners on the process, and all that keeps the event loop busy. */
  readonly listeners: number
  readonly resources: number
  readonly diskBytes: number
  readonly diskFiles: number
}

/**
 * Looks at this process, and at a directory that it writes in.
 *
 * @param youngInWorkers what the other threads have set aside for new objects
 */
export async function measure(directory: string, youngInWorkers: number): Promise<Measured> {
  const { objects, code, young } = await heapUse()
  const { rss, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  return {
    ...{ rss, young: young + youngInWorkers, heap: objects, code, external },
    handles: entriesOf('/proc/self/fd'),
    threads: entriesOf('/proc/self/task'),
    timers: resources.filter(name => name === 'Timeout' || name === 'Immediate').length,
    resources: resources.length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    ...diskUse(directory),
  }
}

function entriesOf(directory: string): number | undefined {
  try {
    return readdirSync(directory).length
  } catch {
    return undefined
  }
}

function diskUse(directory: string): { diskBytes: number; diskFiles: number } {
  let diskBytes = 0
  let diskFiles = 0
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    try {
      diskBytes += statSync(join(entry.parentPath, entry.name)).size
      diskFiles++
    } catch {
      // Removed meanwhile.
    }
  }
  return { diskBytes, diskFiles }
}
