/**
 * The {@code cistern:} Camel component. Its consumer makes a route the origin of a cache; its
 * producer looks up, stores and invalidates.
 */
package io.cistern.component;
