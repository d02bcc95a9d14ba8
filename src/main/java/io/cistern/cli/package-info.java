/**
 * The commands for people and CI systems: {@code check} and {@code routes} look at a routes folder
 * without starting anything. Standard output bears results and nothing else.
 */
package io.cistern.cli;
