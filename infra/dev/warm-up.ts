import { serviceNames } from './settings.ts'

// Loading is all: when this process ends, Node writes what it compiled to the compile cache, for the services to find.
for (const name of serviceNames) await import(`../../services/${name}/src/app.ts`)
await import('@wag/db')
