/**
 * The YAML files that hold a user's routes, as texts: checking them with errors that help, taking
 * them apart into elements, and telling where in them lies what Camel could not load.
 */
package io.cistern.routefiles;
