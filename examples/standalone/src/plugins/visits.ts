import type { Knex } from 'knex';

/** Counts how often each user has seen the page, in the plugin's own database. */
export interface Visits {
  /** Adds one, and returns the count. */
  count(userEntityRef: string): Promise<number>;
}

interface VisitRow {
  user_entity_ref: string;
  visits: number;
}

/** Opens the counters. */
export async function openVisits(database: Knex): Promise<Visits> {
  if (!(await database.schema.hasTable('visits'))) {
    await database.schema.createTable('visits', table => {
      table.string('user_entity_ref').primary();
      table.integer('visits').notNullable();
    });
  }

  return {
    async count(userEntityRef) {
      const [row] = await database<VisitRow>('visits')
        .insert({ user_entity_ref: userEntityRef, visits: 1 })
        .onConflict('user_entity_ref')
        .merge({ visits: database.raw('visits.visits + 1') })
        .returning('visits');
      return row?.visits ?? 1;
    },
  };
}
