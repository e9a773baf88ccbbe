import { crc32 } from 'node:zlib'
import { countShared } from '../../codec/index.ts'
import type { Engine } from '../../engine/engine.ts'
import type { StoredBlock } from '../../rdd/plan/source-spec.ts'
import type { StorageLevel } from '../../rdd/storage-level.ts'
import type { PlaceInLog } from './received-blocks.ts'

/** A block of which the bytes may move. */
export type MovableBlock = { -readonly [K in keyof StoredBlock]: StoredBlock[K] }

export interface BlockMemoryOptions {
  /** `spark.dstream.receiver.memory` */
  readonly memoryBytes: number
  readonly engine: Pick<Engine, 'storeBlock' | 'dropBlock'>
  /** A block could not be put on disk: it stays in memory, and is tried again with the next. */
  readonly onFailure: (error: unknown) => void
  /** Room was made, or could not be. */
  readonly onMoved: () => void
}

interface Entry {
  readonly block: MovableBlock
  /** What it holds of memory: 0 once it is on disk. */
  bytes: number
  /** A log has it too: it needs no other file, whatever its level. */
  readonly inLog: PlaceInLog | undefined
  moving: Promise<void> | undefined
  released: boolean
}

/**
 * What received blocks hold of memory, and which of them go to disk when it is more than it may be: first those that have been processed and are only looked back
 * on, in their order; then the one that has just come, as the others are needed before it.
 *
 * What a log has needs no second file: its bytes are let go, and tasks read the log, where it stays until the batch is cleaned.
 *
 * Invariants: 1. a block is readable at every moment: its bytes leave memory when they are on disk; 2. `usedBytes` counts every block that is in memory, also while
 * it is being written; 3. a released block leaves no file.
 */
export class BlockMemory {
  readonly #options: BlockMemoryOptions
  readonly #entries = new Map<StoredBlock, Entry>()
  /** In memory, and can go to disk. */
  readonly #processed = new Set<Entry>()
  readonly #waiting = new Set<Entry>()
  #used = 0
  #moving = 0
  #failing = false

  constructor(options: BlockMemoryOptions) {
    this.#options = options
  }

  get usedBytes(): number {
    return this.#used
  }

  /** It holds more than it may, and what is on its way to disk will not change that. */
  get full(): boolean {
    return this.#used - this.#moving > this.#options.memoryBytes
  }

  /** Receivers have to wait: it holds more than it may, and that what is on its way gets to disk is not to be relied on. */
  get stuck(): boolean {
    return this.#failing ? this.#used > this.#options.memoryBytes : this.full
  }

  /** What was to go to disk could not. */
  get failing(): boolean {
    return this.#failing
  }

  /** Another block, in memory, and in a log if `inLog` says where. A promise where room has to be made for it: it resolves when that is done, or has failed. */
  add(block: MovableBlock, level: StorageLevel, inLog?: PlaceInLog): Promise<unknown> | undefined {
    // What comes without its bytes is in a log, and holds no memory.
    if (!(block.bytes instanceof Uint8Array)) return undefined
    countShared(block.bytes)
    const movable = inLog !== undefined || (level.useDisk && this.#options.engine.storeBlock !== undefined)
    const entry: Entry = { block, bytes: block.bytes.length, inLog, moving: undefined, released: false }
    this.#entries.set(block, entry)
    this.#used += entry.bytes
    if (!movable) return this.#makeRoom(undefined)
    this.#waiting.add(entry)
    return level.useMemory ? this.#makeRoom(entry) : this.#move(entry)
  }

  /** These have been processed: whoever needs them again can wait. */
  processed(blocks: Iterable<StoredBlock>): void {
    for (const block of blocks) {
      const entry = this.#entries.get(block)
      if (entry !== undefined && this.#waiting.delete(entry)) this.#processed.add(entry)
    }
  }

  /** Makes room where it holds more than it may. Receivers that wait since the disk was full send no block with which it would be tried again. */
  makeRoom(): void {
    if (this.#moving === 0) void this.#makeRoom(undefined)
  }

  /** Nobody needs these any more. */
  release(blocks: Iterable<StoredBlock>): void {
    for (const block of blocks) {
      const entry = this.#entries.get(block)
      if (entry === undefined) continue
      this.#entries.delete(block)
      this.#waiting.delete(entry)
      this.#processed.delete(entry)
      entry.released = true
      if (entry.moving === undefined) this.#forget(entry)
    }
  }

  #makeRoom(newcomer: Entry | undefined): Promise<unknown> | undefined {
    const moves: Promise<void>[] = []
    while (this.full) {
      const victim = first(this.#processed) ?? newcomer ?? first(this.#waiting)
      if (victim === undefined || victim.moving !== undefined) break
      const move = this.#move(victim)
      if (move !== undefined) moves.push(move)
      // One that comes while writing fails is tried, and no other with it.
      if (this.#failing) break
    }
    return moves.length === 0 ? undefined : Promise.all(moves)
  }

  #move(entry: Entry): Promise<void> | undefined {
    this.#waiting.delete(entry)
    const wasProcessed = this.#processed.delete(entry)
    if (entry.inLog !== undefined) return this.#leaveToLog(entry, entry.inLog)
    this.#moving += entry.bytes
    entry.moving = this.#write(entry, wasProcessed)
    return entry.moving
  }

  #leaveToLog(entry: Entry, inLog: PlaceInLog): undefined {
    const { block, bytes } = entry
    block.bytes = { ...inLog, crc32: crc32(block.bytes as Uint8Array) }
    this.#used -= bytes
    entry.bytes = 0
  }

  async #write(entry: Entry, wasProcessed: boolean): Promise<void> {
    const { engine, onFailure, onMoved } = this.#options
    const { block, bytes } = entry
    try {
      const stored = await engine.storeBlock!(block.bytes as Uint8Array<SharedArrayBuffer>)
      block.bytes = stored
      this.#used -= bytes
      entry.bytes = 0
      this.#failing = false
    } catch (error) {
      this.#failing = true
      if (!entry.released) (wasProcessed ? this.#processed : this.#waiting).add(entry)
      onFailure(error)
    } finally {
      this.#moving -= bytes
      entry.moving = undefined
    }
    if (entry.released) this.#forget(entry)
    onMoved()
  }

  #forget({ block, bytes, inLog }: Entry): void {
    this.#used -= bytes
    if (inLog === undefined && !(block.bytes instanceof Uint8Array)) this.#options.engine.dropBlock?.(block.bytes)
  }
}

const first = <T>(set: ReadonlySet<T>): T | undefined => set.values().next().value
