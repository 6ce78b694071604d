/**
 * The analyses that there are. A module of its own, since the package that has them takes a second to load, and whoever imports
 * it lazily does so through a file that imports it.
 */
export { analyses } from '@lomap/report';
