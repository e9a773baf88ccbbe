import type { EngineEvent, StorageLevel } from '@dstream/core/engine'
import type { BlockSpilled, KeptPartition, ToWorker } from '../workers/protocol.ts'
import { KeptPartitions, type Kept, type Location } from './kept-partitions.ts'
import { removeFiles } from './stored-files.ts'

/** A kept partition by name. */
export interface PartitionName {
  readonly nodeId: number
  readonly partition: number
}

export interface StorageSettings {
  /** What all kept partitions together may take of memory. */
  readonly memoryBytes: number
  readonly workers: number
  readonly post: (worker: number, message: ToWorker) => void
  readonly emit: (event: EngineEvent) => void
  readonly now: () => number
}

type Why = Extract<EngineEvent, { type: 'partitionEvicted' }>['reason']

/**
 * The kept partitions under their memory bound: the least recently used make room for new ones. Levels with a disk part are written to files by a
 * worker; others are dropped, to be computed again when somebody asks.
 *
 * Invariants: K1 what a running task reads stays where it is. K2 a partition does not make room for another one of its own dataset (that
 * would only turn a scan over into a scan without a cache). K3 versions of keyed state are no storage: they are not counted and not evicted.
 * K4 while a partition is being written to disk it stays readable in memory.
 */
export class Storage {
  readonly #settings: StorageSettings
  readonly #kept = new KeptPartitions()
  #used = 0
  #clock = 0

  constructor(settings: StorageSettings) {
    this.#settings = settings
  }

  /** What kept partitions take of memory now; what is on its way to disk is not counted any more. */
  get usedBytes(): number {
    return this.#used
  }

  locate(nodeId: number, partition: number): Location | undefined {
    return this.#kept.locate(nodeId, partition)
  }

  /** Every partition of the node is there. */
  has(nodeId: number, numPartitions: number): boolean {
    return this.#kept.has(nodeId, numPartitions)
  }

  /** Takes what a task has kept, and makes room for it. Without a level it is a version of keyed state. */
  add(made: KeptPartition, worker: number, level: StorageLevel | undefined): void {
    const before = this.#kept.get(made.nodeId, made.partition)
    if (made.size === undefined || level === undefined) return void this.#kept.add(made, worker, undefined)
    // Two jobs computed it at the same time.
    if (before !== undefined) return this.#discard(made, worker)
    const kept = this.#kept.add(made, worker, level)
    this.#use(kept)
    this.#used += kept.memoryBytes
    this.#tell(kept)
    this.#makeRoom(kept)
  }

  /** Notes that a running task reads these. */
  pin(names: readonly PartitionName[]): void {
    for (const { nodeId, partition } of names) {
      const kept = this.#kept.get(nodeId, partition)
      if (kept === undefined) continue
      kept.pins++
      this.#use(kept)
    }
  }

  unpin(names: readonly PartitionName[]): void {
    for (const { nodeId, partition } of names) {
      const kept = this.#kept.get(nodeId, partition)
      if (kept === undefined || kept.pins === 0) continue
      kept.pins--
      this.#dropLeft(kept)
    }
  }

  /** A worker has written a partition to disk, or could not. */
  onSpilled(worker: number, { nodeId, partition, stored }: BlockSpilled): void {
    const kept = this.#kept.get(nodeId, partition)
    const expected = kept?.spilling === worker
    if (!expected && stored !== undefined) removeFiles([stored])
    if (kept === undefined || !expected) return
    kept.spilling = undefined
    if (stored === undefined) {
      this.#used += kept.memoryBytes
      return this.#forget(kept, 'dropped')
    }
    const before = kept.location
    kept.location = { bytes: stored }
    if ('worker' in before) kept.leftOn = before.worker
    this.#dropLeft(kept)
    const bytes = kept.memoryBytes
    kept.memoryBytes = 0
    this.#emitEvicted(kept, 'spilled', bytes)
    this.#tell(kept)
  }

  /** Forgets a node. */
  release(nodeId: number): void {
    const workers = new Set<number>()
    for (const kept of this.#kept.ofNode(nodeId)) {
      if ('worker' in kept.location) workers.add(kept.location.worker)
      if (kept.leftOn !== undefined) workers.add(kept.leftOn)
      this.#remove(kept, 'released')
    }
    for (const worker of workers) this.#settings.post(worker, { type: 'release', nodeIds: [nodeId] })
  }

  /** Forgets one partition: it was not where it should be. */
  lose(nodeId: number, partition: number): void {
    const kept = this.#kept.get(nodeId, partition)
    if (kept !== undefined) this.#forget(kept, 'lost')
  }

  /** Forgets what was on the heap of a worker that died. Returns how many partitions that were. */
  loseWorker(worker: number): number {
    let lost = 0
    for (const kept of [...this.#kept]) {
      if (kept.spilling === worker) {
        kept.spilling = undefined
        this.#used += kept.memoryBytes
      }
      if (!('worker' in kept.location) || kept.location.worker !== worker) continue
      this.#remove(kept, 'lost')
      lost++
    }
    return lost
  }

  /** K1: live records that are on disk now stay on the heap as long as a task reads them there. */
  #dropLeft(kept: Kept): void {
    const { nodeId, partition, pins, leftOn } = kept
    if (leftOn === undefined || pins > 0) return
    kept.leftOn = undefined
    this.#settings.post(leftOn, { type: 'drop', nodeId, partition })
  }

  #makeRoom(newcomer: Kept): void {
    while (this.#used > this.#settings.memoryBytes) {
      const victim = this.#leastUsed(newcomer.nodeId) ?? newcomer
      this.#evict(victim)
      if (victim === newcomer) return
    }
  }

  #leastUsed(except: number): Kept | undefined {
    let least: Kept | undefined
    for (const kept of this.#kept) {
      const stays = kept.level === undefined || kept.memoryBytes === 0 || kept.pins > 0 || kept.spilling !== undefined
      if (stays || kept.nodeId === except) continue
      if (least === undefined || kept.usedAt < least.usedAt) least = kept
    }
    return least
  }

  #evict(kept: Kept): void {
    const { nodeId, partition, location, level } = kept
    if (level?.useDisk !== true) return this.#forget(kept, 'dropped')
    const worker = 'worker' in location ? location.worker : partition % this.#settings.workers
    kept.spilling = worker
    this.#used -= kept.memoryBytes
    const bytes = 'bytes' in location && location.bytes instanceof Uint8Array ? { bytes: location.bytes } : {}
    this.#settings.post(worker, { type: 'spill', nodeId, partition, ...bytes })
  }

  #forget(kept: Kept, reason: Why): void {
    const { nodeId, partition, location } = kept
    if ('worker' in location) this.#settings.post(location.worker, { type: 'drop', nodeId, partition })
    this.#remove(kept, reason)
  }

  #remove(kept: Kept, reason: Why): void {
    const { nodeId, partition, location, memoryBytes, spilling } = kept
    if (spilling === undefined) this.#used -= memoryBytes
    if ('bytes' in location) removeFiles([location.bytes])
    this.#kept.remove(nodeId, partition)
    this.#emitEvicted(kept, reason, memoryBytes)
  }

  /** What a second task has kept of the same partition. */
  #discard({ nodeId, partition, bytes }: KeptPartition, worker: number): void {
    const location = this.#kept.locate(nodeId, partition)
    if (bytes !== undefined) removeFiles([bytes])
    else if (location === undefined || !('worker' in location) || location.worker !== worker)
      this.#settings.post(worker, { type: 'drop', nodeId, partition })
  }

  #use(kept: Kept): void {
    kept.usedAt = ++this.#clock
  }

  #tell({ nodeId, partition, location, memoryBytes, level }: Kept): void {
    const onDisk = 'bytes' in location && !(location.bytes instanceof Uint8Array) ? location.bytes.length : 0
    this.#settings.emit({
      type: 'partitionKept',
      nodeId,
      partition,
      level: level!.name,
      ...('worker' in location ? { worker: location.worker } : {}),
      memoryBytes,
      diskBytes: onDisk,
      timeMs: this.#settings.now(),
    })
  }

  #emitEvicted({ nodeId, partition, level }: Kept, reason: Why, memoryBytes: number): void {
    if (level === undefined) return
    const timeMs = this.#settings.now()
    this.#settings.emit({ type: 'partitionEvicted', nodeId, partition, reason, memoryBytes, timeMs })
  }
}
