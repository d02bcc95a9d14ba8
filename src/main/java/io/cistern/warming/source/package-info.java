/** Where a strategy gets keys and rows from: any Camel endpoint, always streamed. */
package io.cistern.warming.source;
