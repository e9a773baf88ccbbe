import { callSite } from '../../closures/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import { alreadyStopped, noOutputs } from '../errors.ts'
import { assertNoneActive, clearActive, setActive, type ActiveOwner } from './active-context.ts'
import { move, publicState, type StreamingContextState } from './life-cycle.ts'
import type { StreamingRun } from './streaming-run.ts'
import { Termination } from './termination.ts'

/** What a life-cycle works with. */
export interface ContextLifeParts {
  /** What is active while it lasts. */
  readonly owner: ActiveOwner
  readonly graph: StreamGraph
  readonly logger: Logger
  /** Everything that a start needs, made when it is known that it may start. `onError` is told of batches that fail. */
  readonly newRun: (onError: (error: unknown) => void) => StreamingRun
  /** It has started. Gives what undoes this when it has stopped. */
  readonly onStarted: () => () => void
}

interface ActiveLife {
  readonly phase: 'active'
  readonly run: StreamingRun
  readonly undo: () => void
}

type Life =
  | { readonly phase: 'initialized' }
  | ActiveLife
  | {
      readonly phase: 'stopping'
      readonly run: StreamingRun
      readonly gracefully: boolean
      readonly ended: Promise<void>
    }
  | { readonly phase: 'stopped'; readonly run?: StreamingRun }

/**
 * Starts and stops a StreamingContext: moves it through its phases, by Spark's rules.
 *
 * @see Spark's `StreamingContext.start`, `StreamingContext.stop`
 */
export class ContextLife {
  readonly termination = new Termination()
  readonly #parts: ContextLifeParts
  #life: Life = { phase: 'initialized' }

  constructor(parts: ContextLifeParts) {
    this.#parts = parts
  }

  get state(): StreamingContextState {
    return publicState[this.#life.phase]
  }

  /** What runs, or has run. */
  get run(): StreamingRun | undefined {
    return 'run' in this.#life ? this.#life.run : undefined
  }

  start(): void {
    switch (this.#life.phase) {
      case 'initialized':
        assertNoneActive()
        return this.#start()
      case 'active':
      case 'stopping':
        return this.#parts.logger.warn('StreamingContext has already been started')
      case 'stopped':
        throw alreadyStopped()
    }
  }

  stop(gracefully: boolean): Promise<void> {
    const life = this.#life
    const { graph, logger } = this.#parts
    switch (life.phase) {
      case 'initialized':
        logger.warn('StreamingContext has not been started yet')
        this.#unstarted()
        return Promise.resolve()
      case 'stopped':
        logger.warn('StreamingContext has already been stopped')
        return Promise.resolve()
      case 'stopping':
        if (life.gracefully && !gracefully) {
          // Somebody has lost patience.
          this.#life = { ...life, gracefully }
          // Its end is that of the stop that is under way.
          void life.run.stop(false).catch(() => {})
        }
        return life.ended
      case 'active': {
        graph.close('stopped')
        const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
        this.#life = { phase: move('active', 'stopping'), run: life.run, gracefully, ended }
        this.#end(life, gracefully).then(resolve, reject)
        return ended
      }
    }
  }

  #start(): void {
    const { owner, graph, logger, newRun, onStarted } = this.#parts
    let run: StreamingRun | undefined
    try {
      if (graph.outputs.length === 0) throw noOutputs()
      run = newRun(error => this.#failed(error))
      graph.close('started')
      run.start()
    } catch (error) {
      this.#unstarted()
      // What had been started already; its own failure would only hide the first.
      run?.stop(false).catch((another: unknown) => logger.error('What had been started could not be stopped', another))
      throw error
    }
    setActive(owner, callSite())
    this.#life = { phase: move('initialized', 'active'), run, undo: onStarted() }
    logger.info('StreamingContext started')
  }

  /** It ends without ever having been active. */
  #unstarted(): void {
    this.#parts.graph.close('stopped')
    this.#life = { phase: move('initialized', 'stopped') }
    this.termination.stop()
  }

  async #end({ run, undo }: ActiveLife, gracefully: boolean): Promise<void> {
    const { owner, logger } = this.#parts
    try {
      await run.stop(gracefully)
    } finally {
      this.#life = { phase: move('stopping', 'stopped'), run }
      undo()
      clearActive(owner)
      this.termination.stop()
      logger.info('StreamingContext stopped successfully')
    }
  }

  /** What a stop cuts short is no failure. */
  #failed(error: unknown): void {
    const { phase } = this.#life
    if (phase === 'stopped' || (phase === 'stopping' && !this.#life.gracefully)) return
    this.termination.fail(error)
  }
}
