import type { Knex } from 'knex';

/** A thing in the catalog. */
export interface Entity {
  ref: string;
  /** Entity ref of the user or group that it belongs to. */
  owner: string;
  /** Every user may see it. */
  public: boolean;
}

/** The entities of the catalog, in its own database. */
export interface EntityStore {
  /** In the order of their refs. */
  list(): Promise<Entity[]>;
  /** Adds an entity, or replaces the one with the same ref. */
  add(entity: Entity): Promise<void>;
}

const firstEntities: Entity[] = [
  { ref: 'component:default/checkout', owner: 'group:default/payments', public: false },
  { ref: 'component:default/search', owner: 'group:default/storefront', public: false },
  { ref: 'component:default/website', owner: 'group:default/storefront', public: true },
  { ref: 'resource:default/janes-notebook', owner: 'user:default/jane', public: false },
];

/** Opens the store; a new database gets a few entities to begin with. */
export async function openEntityStore(database: Knex): Promise<EntityStore> {
  if (!(await database.schema.hasTable('entities'))) {
    await database.schema.createTable('entities', table => {
      table.string('ref').primary();
      table.string('owner').notNullable();
      table.boolean('public').notNullable();
    });
    await database('entities').insert(firstEntities);
  }

  return {
    async list() {
      const rows = await database<Entity>('entities').select().orderBy('ref');
      return rows.map(row => ({ ref: row.ref, owner: row.owner, public: Boolean(row.public) }));
    },
    async add(entity) {
      await database<Entity>('entities').insert(entity).onConflict('ref').merge();
    },
  };
}

/** Reads an entity that someone sent; undefined if it is none. */
export function parseEntity(body: unknown): Entity | undefined {
  const { ref, owner, public: isPublic } = (body ?? {}) as Record<string, unknown>;
  if (!isEntityRef(ref) || !isEntityRef(owner) || typeof isPublic !== 'boolean') return undefined;
  return { ref, owner, public: isPublic };
}

function isEntityRef(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z]+:[a-z0-9_.-]+\/[a-z0-9_.-]+$/.test(value);
}
