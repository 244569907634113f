import { readdir, readFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'

const socketIoFile = 'socket.io-client.js'

/**
 * This package as ES modules that a browser loads without a bundler: source by file name, `index.js` to be imported. Types
 * are stripped by Node itself; Socket.IO comes as the one file that it publishes.
 */
export async function browserModules(): Promise<Map<string, string>> {
  const names = await readdir(import.meta.dirname)
  const sources = names.filter((name) => name.endsWith('.ts') && name !== 'browser.ts')
  const modules = await Promise.all(sources.map(async (name) => [toJs(name), await readModule(name)] as const))
  const socketIo = createRequire(import.meta.url).resolve('socket.io-client/dist/socket.io.js')
  const text = await readFile(socketIo.replace(/socket\.io\.js$/, 'socket.io.esm.min.js'), 'utf8')
  // Its source map is not served, and a browser would say so.
  return new Map([...modules, [socketIoFile, text.replace(/\n\/\/# sourceMappingURL=.*/, '')]])
}

async function readModule(name: string): Promise<string> {
  const source = await readFile(new URL(name, import.meta.url), 'utf8')
  return stripTypeScriptTypes(source)
    .replaceAll(/ from '(\.\/[\w-]+\.ts)'/g, (_all, path: string) => ` from '${toJs(path)}'`)
    .replaceAll(" from 'socket.io-client'", ` from './${socketIoFile}'`)
}

function toJs(name: string): string {
  return name.replace(/\.ts$/, '.js')
}
