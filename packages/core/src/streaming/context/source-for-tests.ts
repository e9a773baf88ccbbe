import { Receiver } from '../receivers/index.ts'

/** A receiver that stores what the test gives it, once `started` has resolved. */
export class Source extends Receiver<string> {
  readonly started = Promise.withResolvers<void>()
  override onStart(): void {
    this.started.resolve()
  }
  override onStop(): void {}
}
