/** Seeing how the instance is: its caches, health and metrics. */
package io.cistern.operations;
