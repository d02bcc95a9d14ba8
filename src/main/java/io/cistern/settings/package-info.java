/**
 * What can be set from outside: every name, its default, its limits, and the clear line that a
 * mistake is answered with. No Camel in here.
 */
package io.cistern.settings;
