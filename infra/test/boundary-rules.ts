import { type IConfiguration } from 'dependency-cruiser'

const anyPackage = '^(packages|services|infra)/'

/** Who may import whom: `contracts ← db, bus, graph ← service ← services`, and one owner for each big dependency. */
export const boundaryRules: IConfiguration = {
  forbidden: [
    { name: 'no-cycles', from: {}, to: { circular: true } },
    { name: 'everything-resolves', from: {}, to: { couldNotResolve: true } },
    allow('contracts-stands-alone', 'contracts', []),
    allow('db-knows-contracts', 'db', ['contracts']),
    allow('bus-knows-contracts', 'bus', ['contracts']),
    allow('graph-knows-contracts', 'graph', ['contracts']),
    allow('media-knows-contracts', 'media', ['contracts']),
    allow('service-knows-the-stores', 'service', ['contracts', 'db', 'bus']),
    {
      name: 'services-meet-in-the-stores',
      from: { path: '^services/([^/]+)/src/' },
      to: { path: '^(services|infra)/', pathNot: '^services/$1/' }
    },
    {
      name: 'only-tests-start-a-foreign-service-and-only-the-simulator',
      from: { path: '^services/([^/]+)/test/' },
      to: { path: '^(services|infra)/', pathNot: '^services/($1|simulator)/' }
    },
    {
      name: 'testkit-and-e2e-are-for-tests',
      from: { pathNot: '^(services|packages)/[^/]+/test/|^infra/|^packages/(testkit|e2e)/' },
      to: { path: '^packages/(testkit|e2e)/' }
    },
    own('kysely-is-of-db', '(kysely)', '^packages/db/'),
    own('pg-is-of-db', '(pg)', '^packages/(db|testkit)/'),
    own('redis-is-of-bus', '(bullmq|ioredis)', '^packages/bus/'),
    own('undici-is-of-graph', '(undici)', '^packages/(graph|e2e)/|^services/simulator/|/test/'),
    own('s3-is-of-media', '(@aws-sdk/client-s3)', '^packages/media/'),
    own('redis-adapter-is-of-realtime', '(@socket\\.io/redis-adapter)', '^services/realtime/')
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // An import of a type is a dependency like any other.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] }
  }
}

type Rule = NonNullable<IConfiguration['forbidden']>[number]

function allow(name: string, folder: string, others: string[]): Rule {
  const allowed = [folder, ...others].join('|')
  return {
    name,
    from: { path: `^packages/${folder}/src/` },
    to: { path: anyPackage, pathNot: `^packages/(${allowed})/` }
  }
}

function own(name: string, modules: string, owners: string): Rule {
  return { name, from: { path: anyPackage, pathNot: owners }, to: { path: `node_modules/${modules}/` } }
}
