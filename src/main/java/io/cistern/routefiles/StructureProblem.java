package io.cistern.routefiles;

import java.util.List;

/**
 * What the schema says is wrong.
 *
 * @param path names and indexes from the document's root on, to the part that is wrong
 */
public record StructureProblem(List<Object> path, String message) {}
