import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A thread's heap in bytes: what the program holds, and what V8 has compiled of it. */
export interface HeapUse {
  readonly objects: number
  readonly code: number
  /** The memory that V8 has set aside for new objects: 1 to 100 MB, by how many come to live, up and down in steps. */
  readonly young: number
}

/** Of this thread, garbage collected: what is held, and not what is due. Runs in tasks too, so it holds all it needs. */
export async function heapUse(): Promise<HeapUse> {
  const thread = globalThis as { soakGc?: () => void }
  if (thread.soakGc === undefined) {
    setFlagsFromString('--expose-gc')
    thread.soakGc = runInNewContext('gc') as () => void
  }
  thread.soakGc()
  // What is told of garbage lets go of more.
  await new Promise(resolve => setImmediate(resolve))
  thread.soakGc()
  let [objects, code, young] = [0, 0, 0]
  for (const { space_name, space_used_size, physical_space_size } of getHeapSpaceStatistics()) {
    if (/code|trusted/.test(space_name)) code += space_used_size
    else objects += space_used_size
    if (space_name.startsWith('new_')) young += physical_space_size
  }
  return { objects, code, young }
}
