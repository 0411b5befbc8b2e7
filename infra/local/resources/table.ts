import {
  CreateTableCommand,
  DescribeTableCommand,
  ResourceNotFoundException,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';

type Declared = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>;

/**
 * Makes the table with its keys and indexes. Expiry (TTL) is left to AWS: no emulator here deletes by it.
 * A table that is there must have the declared indexes: emulators can't add any.
 */
export async function ensureTable(
  dynamodb: DynamoDBClient,
  name: string,
  properties: Record<string, unknown>,
): Promise<string> {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes }: Declared = properties;
  const declared = { AttributeDefinitions, KeySchema, ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }) };
  const existing = await findTable(dynamodb, name);
  if (!existing) {
    await dynamodb.send(new CreateTableCommand({ TableName: name, BillingMode: 'PAY_PER_REQUEST', ...declared }));
  } else if (shape(existing) !== shape(declared)) {
    throw new Error(`Table ${name} was made with other keys or indexes than are declared now: delete the local data.`);
  }
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1 }, { TableName: name });
  return (await findTable(dynamodb, name))?.TableArn ?? '';
}

async function findTable(dynamodb: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** What must be the same: the keys of the table and of its indexes. */
const shape = ({ KeySchema, GlobalSecondaryIndexes = [] }: Declared | TableDescription) =>
  JSON.stringify([
    keys(KeySchema),
    GlobalSecondaryIndexes.map((index) => [index.IndexName, keys(index.KeySchema)].join('=')).sort(),
  ]);

const keys = (schema: Declared['KeySchema']) =>
  schema?.map(({ AttributeName, KeyType }) => `${KeyType}:${AttributeName}`);
