import { stringifyEntityRef } from '@backstage/catalog-model';

/** Answers with what the catalog shows to the bearer of the token, which is made for this one call. */
export async function answerWithEntities(res, token) {
  const { items } = await res.locals.catalog.getEntities({}, { token });
  res.json({ entities: items.map(entity => stringifyEntityRef(entity)).sort() });
}
