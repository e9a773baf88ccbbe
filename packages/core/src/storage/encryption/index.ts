export { aesGcm, openPayload, plainPayloads, type PayloadCipher } from './cipher.ts'
export { cipherOf, keyVariable, type EncryptionSettings } from './encryption-key.ts'
