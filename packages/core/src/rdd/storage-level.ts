/** Where and how a persisted dataset is kept: Spark's storage levels. */
export interface StorageLevel {
  readonly name: string
  readonly useDisk: boolean
  readonly useMemory: boolean
  readonly useOffHeap: boolean
  /** Kept as live records on a worker's heap; else as bytes in shared memory. */
  readonly deserialized: boolean
  readonly replication: number
}

const level = (
  name: string,
  useDisk: boolean,
  useMemory: boolean,
  useOffHeap: boolean,
  deserialized: boolean,
  replication = 1,
): StorageLevel => Object.freeze({ name, useDisk, useMemory, useOffHeap, deserialized, replication })

/**
 * The storage levels of Spark, by name.
 *
 * In one process there is no second place for a copy: the `_2` levels are accepted and kept once.
 */
export const StorageLevel = Object.freeze({
  NONE: level('NONE', false, false, false, false),
  DISK_ONLY: level('DISK_ONLY', true, false, false, false),
  DISK_ONLY_2: level('DISK_ONLY_2', true, false, false, false, 2),
  DISK_ONLY_3: level('DISK_ONLY_3', true, false, false, false, 3),
  MEMORY_ONLY: level('MEMORY_ONLY', false, true, false, true),
  MEMORY_ONLY_2: level('MEMORY_ONLY_2', false, true, false, true, 2),
  MEMORY_ONLY_SER: level('MEMORY_ONLY_SER', false, true, false, false),
  MEMORY_ONLY_SER_2: level('MEMORY_ONLY_SER_2', false, true, false, false, 2),
  MEMORY_AND_DISK: level('MEMORY_AND_DISK', true, true, false, true),
  MEMORY_AND_DISK_2: level('MEMORY_AND_DISK_2', true, true, false, true, 2),
  MEMORY_AND_DISK_SER: level('MEMORY_AND_DISK_SER', true, true, false, false),
  MEMORY_AND_DISK_SER_2: level('MEMORY_AND_DISK_SER_2', true, true, false, false, 2),
  OFF_HEAP: level('OFF_HEAP', true, true, true, false),
})
