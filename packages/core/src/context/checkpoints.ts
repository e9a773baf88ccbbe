import { randomUUID } from 'node:crypto'
import { DStreamError } from '../errors/dstream-error.ts'
import type { JobRunner } from '../rdd/context.ts'
import type { RddNode } from '../rdd/plan/node.ts'
import { parentsFirst } from '../rdd/plan/walk.ts'
import { replaceNodes } from '../rdd/saved/replace-nodes.ts'
import { saveRecords, savedSource } from '../rdd/saved/saved-records.ts'

/**
 * Datasets that `rdd.checkpoint()` has marked: saved by a job of their own after the first job that needs them, and from then on read from there.
 *
 * Invariants:
 * 1. nothing reads saved records before all of them are safe;
 * 2. a save that fails leaves the mark: the next job tries again;
 * 3. what is saved stays, as in Spark: another program may read it.
 *
 * @see Spark's ReliableRDDCheckpointData
 */
export class Checkpoints {
  #directory: string | undefined
  readonly #marked = new Map<number, RddNode>()
  readonly #saving = new Map<number, Promise<void>>()
  readonly #saved = new Map<number, { readonly source: RddNode; readonly directory: string }>()
  readonly #adopt: (node: RddNode) => void

  /** @param adopt told of other objects that stand for a node which there is */
  constructor(adopt: (node: RddNode) => void) {
    this.#adopt = adopt
  }

  /** Below it, a directory of its own for this context. */
  setDirectory(directory: string): void {
    this.#directory = `${directory.replace(/\/$/, '')}/${randomUUID()}`
  }

  get directory(): string | undefined {
    return this.#directory
  }

  /** @throws DStreamError NO_CHECKPOINT_DIRECTORY */
  mark(node: RddNode): void {
    if (this.#directory === undefined) {
      throw new DStreamError('NO_CHECKPOINT_DIRECTORY', 'Checkpoint directory has not been set in the SparkContext', {
        hint: 'Call sc.setCheckpointDir(directory) first.',
      })
    }
    if (!this.#saved.has(node.id)) this.#marked.set(node.id, node)
  }

  /** Where a dataset has been saved. */
  fileOf(node: RddNode): string | undefined {
    return this.#saved.get(node.id)?.directory
  }

  /** The plan with what has been saved in the place of what it was made of. */
  resolve(target: RddNode): RddNode {
    if (this.#saved.size === 0) return target
    return replaceNodes(target, new Map([...this.#saved].map(([id, { source }]) => [id, source])), this.#adopt)
  }

  /** Saves what a job has needed and is marked, oldest first. */
  async saveMarked(target: RddNode, jobs: JobRunner): Promise<void> {
    if (this.#marked.size === 0) return
    for (const { id } of parentsFirst(target)) {
      const node = this.#marked.get(id)
      if (node === undefined) continue
      if (!this.#saving.has(id)) this.#saving.set(id, this.#save(node, jobs).finally(() => this.#saving.delete(id))) // prettier-ignore
      await this.#saving.get(id)
    }
  }

  async #save(node: RddNode, jobs: JobRunner): Promise<void> {
    const directory = `${this.#directory}/rdd-${node.id}`
    await saveRecords(jobs, node, directory)
    this.#saved.set(node.id, { source: savedSource(node, node, directory), directory })
    this.#marked.delete(node.id)
  }
}
