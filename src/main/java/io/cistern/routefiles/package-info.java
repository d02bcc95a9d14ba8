/**
 * The YAML files that hold a user's routes: finding them, checking them with errors that help, and
 * loading each on its own into the running Camel context.
 */
package io.cistern.routefiles;
