import {
  CreateTableCommand,
  DescribeTableCommand,
  ResourceNotFoundException,
  UpdateTableCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';

type Declared = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>;

/**
 * Makes the table with its keys and indexes. Expiry (TTL) is left to AWS: no emulator here deletes by it.
 * A table that is there, made by an older version, gets the indexes that it lacks, where the emulator can add them.
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
    await addIndexes(dynamodb, existing, declared).catch((error: unknown) => {
      throw outOfDate(name, error);
    });
  }
  const made = await whenActive(dynamodb, name);
  if (!made || shape(made) !== shape(declared)) throw outOfDate(name);
  return made.TableArn ?? '';
}

const outOfDate = (name: string, cause?: unknown) =>
  new Error(
    `Table ${name} was made by an older version, with other keys or indexes than are declared now, and this emulator ` +
      "can't change them: delete the local data (the folder .local, or what ROWPRESS_DATA_DIR names) and start again.",
    { cause },
  );

/** One at a time, as DynamoDB asks for. The embedded stack's dynalite can't; keys that differ are left as they are. */
async function addIndexes(dynamodb: DynamoDBClient, existing: TableDescription, declared: Declared): Promise<void> {
  const { TableName = '', GlobalSecondaryIndexes = [] } = existing;
  const known = new Set(GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  for (const index of declared.GlobalSecondaryIndexes ?? []) {
    if (known.has(index.IndexName)) continue;
    const { AttributeDefinitions } = declared;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await dynamodb.send(new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }));
    await whenActive(dynamodb, TableName);
  }
}

async function whenActive(dynamodb: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return await findTable(dynamodb, TableName);
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
