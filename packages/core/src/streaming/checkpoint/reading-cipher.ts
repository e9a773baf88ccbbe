import { encryptionSettings } from '../../context/encryption-settings.ts'
import type { Settings } from '../../context/keys.ts'
import { readConf } from '../../context/spark-conf-read.ts'
import { SparkConf } from '../../context/spark-conf.ts'
import { cipherOf, type PayloadCipher } from '../../storage/encryption/index.ts'

/**
 * What opens encrypted logs and checkpoints, with the keys that the settings name; by default those of the command line, the properties file and the environment. No key is asked for
 * before something encrypted is met.
 */
export const readingCipher = (settings: Settings = readConf(new SparkConf(), () => {})): PayloadCipher =>
  cipherOf({ ...encryptionSettings(settings), enabled: false })
