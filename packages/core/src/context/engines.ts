import type { Engine } from '../engine/engine.ts'
import { encryptAtRest } from '../storage/encryption/index.ts'
import { encryptionSettings } from './encryption-settings.ts'
import type { Settings } from './keys.ts'
import { noEngineFor, type Master } from './master.ts'

/** What an engine is made of. */
export interface EngineRequest {
  readonly master: Master
  /** Every setting, typed. */
  readonly settings: Settings
}

/** Makes an engine, at once; what it starts may go on starting behind its back. */
export type EngineFactory = (request: EngineRequest) => Engine

const factories = new Map<Master['scheme'], EngineFactory>()

/**
 * Says what runs the masters of a scheme. Importing `dstream` registers the embedded engine for `local`; a second registration replaces the first.
 *
 * @returns puts back what was registered before
 * @example
 * registerEngine('local', ({ master }) => new ReferenceEngine())
 */
export function registerEngine(scheme: Master['scheme'], factory: EngineFactory): () => void {
  const before = factories.get(scheme)
  factories.set(scheme, factory)
  return () => {
    if (before === undefined) factories.delete(scheme)
    else factories.set(scheme, before)
  }
}

/** @throws DStreamError UNKNOWN_MASTER when no engine is registered for the scheme */
export function makeEngine(request: EngineRequest): Engine {
  const factory = factories.get(request.master.scheme)
  if (factory === undefined) throw noEngineFor(request.master)
  // Of what is saved in this thread; an engine says it to its own.
  encryptAtRest(encryptionSettings(request.settings))
  return factory(request)
}
