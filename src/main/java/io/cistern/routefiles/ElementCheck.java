package io.cistern.routefiles;

import com.fasterxml.jackson.databind.JsonNode;
import io.cistern.routefiles.Declarations.Declared;
import java.util.List;

/** A check of elements that Camel itself takes for something more general. */
public interface ElementCheck {

    /**
     * What is wrong.
     *
     * @param path to the element
     * @param element of a route file
     * @param endpoints checks endpoints that stand where Camel does not look for them
     */
    List<StructureProblem> problems(List<Object> path, JsonNode element, Endpoints endpoints);

    /**
     * The caches that have to be there for it.
     *
     * @param path to the element
     * @param element of a route file
     */
    List<Declared> asked(List<Object> path, JsonNode element);

    /** Checks the URI of an endpoint. */
    @FunctionalInterface
    interface Endpoints {

        /**
         * @param path to the URI
         * @param polled whether it is read rather than called
         * @param uri with its options
         */
        List<StructureProblem> problems(List<Object> path, boolean polled, String uri);
    }
}
