/** Puts the application together: settings, stores, caches, routes, and the Camel context. */
package io.cistern.app;
