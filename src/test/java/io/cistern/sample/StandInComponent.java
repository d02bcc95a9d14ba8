package io.cistern.sample;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.direct.DirectComponent;

/** Takes the place of {@code cistern:} where only the route behind it is tried. */
final class StandInComponent extends DirectComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        parameters.clear();
        return super.createEndpoint(uri, remaining, parameters);
    }
}
