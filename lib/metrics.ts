import { Metrics } from '@aws-lambda-powertools/metrics';

/** Metrics of our own: log lines that CloudWatch counts. Alarms (infra/alarms.yml) name them by this namespace and service. */
export const metrics = new Metrics({ namespace: 'Rowpress', serviceName: 'rowpress' });
