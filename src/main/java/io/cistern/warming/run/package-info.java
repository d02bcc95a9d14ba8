/** Runs of strategies: which is next, how it goes on, and what became of it. */
package io.cistern.warming.run;
