import { availableParallelism } from 'node:os'
import { registerEngine } from '@dstream/core'
import type { EngineRequest, Settings } from '@dstream/core'
import type { EncryptionSettings } from '@dstream/core/engine'
import { LocalEngine } from './local-engine.ts'

/** Makes the embedded engine what runs `local`, `local[N]`, `local[*]` and `local[N,F]`. */
export function registerLocalEngine(): void {
  registerEngine('local', localEngine)
}

function localEngine({ master, settings }: EngineRequest): LocalEngine {
  if (master.scheme !== 'local') throw new Error(`the embedded engine does not run ${master.url}`)
  return new LocalEngine({
    threads: master.threads === '*' ? availableParallelism() : master.threads,
    maxFailures: master.maxFailures,
    maxWorkerDeaths: settings.taskMaxFailures,
    recordErrors: settings.recordErrors === 'skip' ? 'skip' : 'fail',
    shuffleMemoryBytes: settings.shuffleMemoryBytes,
    storageMemoryBytes: settings.storageMemoryBytes,
    compressKept: settings.rddCompress,
    compressShuffle: settings.shuffleCompress,
    encryption: encryptionOf(settings),
    ...(settings.encryptionEnabled && { spillKeyBits: Number(settings.encryptionKeySizeBits ?? 256) }),
    ...(settings.executorMemoryBytes === undefined ? {} : { workerHeapMb: settings.executorMemoryBytes / 2 ** 20 }),
    ...(settings.localDir === undefined ? {} : { directory: settings.localDir }),
  })
}

function encryptionOf(settings: Settings): EncryptionSettings {
  const { encryptionEnabled: enabled, encryptionKeySizeBits: keySizeBits, encryptionKeyFile: keyFile } = settings
  return {
    enabled,
    ...(keySizeBits !== undefined && { keySizeBits: Number(keySizeBits) }),
    ...(keyFile !== undefined && { keyFile }),
  }
}
