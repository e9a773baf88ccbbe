import type { Storage } from '../blocks/storage.ts'
import { removeFiles } from '../blocks/stored-files.ts'
import type { TaskSucceeded } from '../workers/protocol.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'

/** Removes what a task has left behind whose job had ended: what it kept, and the files of its shuffle. Nobody would ever ask for that. */
export function dropLate({ kept, result }: TaskSucceeded, slot: WorkerSlot, storage: Storage): void {
  for (const { nodeId, partition, bytes } of kept) {
    if (bytes !== undefined) removeFiles([bytes])
    else if (!isThere(storage, nodeId, partition, slot.number)) slot.post({ type: 'drop', nodeId, partition })
  }
  if (result.kind === 'shuffle') removeFiles(result.blocks.flat().filter(block => block !== undefined))
}

/** Another job has kept the same partition on the same worker: under that name there is one, and it is wanted. */
function isThere(storage: Storage, nodeId: number, partition: number, worker: number): boolean {
  const location = storage.locate(nodeId, partition)
  return location !== undefined && 'worker' in location && location.worker === worker
}
