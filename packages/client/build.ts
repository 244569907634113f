import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { browserModules } from './src/browser.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node build.ts <folder for the modules>')
await mkdir(folder, { recursive: true })
for (const [name, source] of await browserModules()) await writeFile(join(folder, name), source)
