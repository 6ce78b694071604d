/** A hub on loopback for the tests of other packages. */
export { startHubServer, type HubServer, type ServedRepository } from './testing/hub-server.ts';
