/** What a strategy says, read from the parameters of its template, and checked. */
package io.cistern.warming.strategy;
